import type { Message } from '../src/message.js';
import type { Statistics, StatisticsQuery } from '../src/read/message-statistics.js';
import type { RetentionClock } from '../src/retention/retention-clock.js';
import type { TestDatabase } from '../src/testing.js';
import { recountStatistics } from './statistics-oracle.js';

/** The statistics of all messages that a database has, by a look at every one. */
export async function recountStored(
  test: TestDatabase,
  clock: RetentionClock,
  query: StatisticsQuery,
): Promise<Statistics> {
  const messages = await test.query<Message>(`
    select id, session_name as "sessionName", created_at as "createdAt", role, status, agent_id as "agentId",
           agent_name as "agentName", response_time_ms as "responseTimeMs"
    from chat_messages`);
  const sessions = await test.query<{ name: string; startedAt: Date }>(
    'select session_name as name, started_at as "startedAt" from chat_sessions',
  );
  const startedAt = new Map(sessions.map((session) => [session.name, session.startedAt]));
  return recountStatistics({ messages, startedAt, cutoff: clock.cutoff(), now: clock.now() }, query);
}
