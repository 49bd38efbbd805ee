import { setTimeout as delay } from 'node:timers/promises';
import { v7 as uuidV7 } from 'uuid';
import { Database, type DatabaseOptions, type Queryable } from '../src/database.js';
import type { Message } from '../src/message.js';
import type { TestDatabase } from '../src/testing.js';
import { utcDay } from '../src/utc-day.js';
import { MessageInserter } from '../src/write/message-inserter.js';

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A pool like a service's, with bounds that a spec reaches only when something hangs. */
export function openDatabase(url: string, bounds: Partial<DatabaseOptions> = {}): Database {
  return new Database({
    url,
    applicationName: 'spec',
    maxConnections: 4,
    acquireTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    clientTimeoutMs: 25_000,
    logger: silent,
    ...bounds,
  });
}

export function messageAt(createdAt: Date, sessionName: string, role: Message['role'] = 'user'): Message {
  return {
    sessionName,
    createdAt,
    id: uuidV7({ msecs: createdAt.getTime() }),
    role,
    content: `${role} at ${createdAt.toISOString()}`,
    responseTimeMs: null,
    agentId: null,
    agentName: null,
    status: 'complete',
    metadata: null,
  };
}

/** Writes as the writer does, and makes the partition of any day. */
export async function write(database: Queryable, messages: readonly Message[]): Promise<void> {
  for (const day of new Set(messages.map((message) => utcDay(message.createdAt)))) {
    await database.query('select make_chat_messages_partition($1::date)', [day]);
  }
  await new MessageInserter(database).insert(messages);
}

/** Sessions whose row in `chat_sessions` differs from a recount of their messages from `cutoff` on. */
export async function sessionsThatMiscount(database: TestDatabase, cutoff = new Date(0)): Promise<unknown[]> {
  return database.query(
    `
    with recount as (
      select session_name,
             min(created_at) as first_message_at,
             max(created_at) as last_message_at,
             (array_agg(id order by created_at desc, id desc))[1] as last_message_id,
             (array_agg(role order by created_at desc, id desc))[1] as last_role,
             (array_agg(left(content, 200) order by created_at desc, id desc))[1] as last_message_preview,
             count(*) as message_count,
             count(*) filter (where role = 'user') as user_count,
             count(*) filter (where role = 'assistant') as assistant_count,
             count(*) filter (where role = 'agent') as agent_count
      from chat_messages where created_at >= $1 group by session_name
    ), kept as (
      select session_name, first_message_at, last_message_at, last_message_id, last_role, last_message_preview,
             message_count, user_count, assistant_count, agent_count
      from chat_sessions
    )
    (table recount except table kept) union all (table kept except table recount)`,
    [cutoff],
  );
}

/** Resolves when so many sessions of the database wait for a lock in a statement that is like `statement`. */
export async function someoneWaits(database: TestDatabase, statement: string, count = 1): Promise<void> {
  for (;;) {
    const waiting = await database.query(
      `select from pg_stat_activity
       where datname = current_database() and wait_event_type = 'Lock' and query ilike $1`,
      [statement],
    );
    if (waiting.length >= count) return;
    await delay(10);
  }
}
