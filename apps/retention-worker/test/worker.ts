import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '@chat-history/message-store/testing';
import { createLogger } from '@chat-history/service-shell';

export const silent = createLogger('spec', 'silent');

export const dayMs = 86_400_000;

/** A message that was written so many days ago, with its partition and its session as the writer makes them. */
export async function writeDaysAgo(database: TestDatabase, days: number, sessionName: string): Promise<void> {
  const createdAt = new Date(Date.now() - days * dayMs).toISOString();
  await database.query(`select make_chat_messages_partition(($1::timestamptz at time zone 'UTC')::date)`, [
    createdAt,
  ]);
  await database.query(
    `with message as (
       insert into chat_messages (session_name, created_at, id, role, content, status)
       values ($1, $2, gen_random_uuid(), 'user', 'hello', 'complete')
       returning *
     )
     insert into chat_sessions as session
       select session_name, created_at, created_at, created_at, id, role, content, 1, 1, 0, 0 from message
     on conflict (session_name) do update set
       first_message_at = least(session.first_message_at, excluded.first_message_at),
       last_message_at = greatest(session.last_message_at, excluded.last_message_at),
       message_count = session.message_count + 1,
       user_count = session.user_count + 1`,
    [sessionName, createdAt],
  );
}

/** Sessions with one message each, all past a retention of 30 days, on one day. */
export async function writeExpiredSessions(database: TestDatabase, count: number): Promise<void> {
  await writeDaysAgo(database, 40, 'session 0000');
  await database.query(
    `with message as (
       insert into chat_messages (session_name, created_at, id, role, content, status)
       select 'session ' || lpad(n::text, 4, '0'), created_at, gen_random_uuid(), role, content, status
       from chat_messages, generate_series(1, $1 - 1) as n where session_name = 'session 0000'
       returning *
     )
     insert into chat_sessions
       select session_name, created_at, created_at, created_at, id, role, content, 1, 1, 0, 0 from message`,
    [count],
  );
}

/** Resolves when the condition holds. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(20);
}

/** Resolves when a run waits for a row that somebody else has locked. */
export async function runWaits(database: TestDatabase): Promise<void> {
  await until(async () => {
    const workers = await connectionsOf(database, 'retention-worker');
    // Not for others' snapshots, as a detachment does for a moment.
    return workers.some(({ wait_event }) => wait_event === 'transactionid' || wait_event === 'tuple');
  });
}

/** Resolves when the counting for the statistics waits for a table that somebody else has locked. */
export async function countingWaits(database: TestDatabase): Promise<void> {
  await until(async () => {
    const workers = await connectionsOf(database, 'retention-worker statistics');
    return workers.some(({ wait_event }) => wait_event === 'relation');
  });
}

/** Resolves when PostgreSQL has ended the connection that holds the lock. */
export async function lockIsGone(database: TestDatabase): Promise<void> {
  await until(async () => (await connectionsOf(database, 'retention-worker lock')).length === 0);
}

async function connectionsOf(database: TestDatabase, applicationName: string) {
  // Within a transaction PostgreSQL goes on showing what it showed first.
  await database.query('select pg_stat_clear_snapshot()');
  return database.query<{ wait_event: string | null }>(
    'select wait_event from pg_stat_activity where datname = current_database() and application_name = $1',
    [applicationName],
  );
}
