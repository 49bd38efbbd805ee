import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageStoreOptions } from '../src/message-store.options.js';
import type { StoreLogger } from '../src/store-logger.js';
import type { TestDatabase } from '../src/testing.js';

/** Keeps what was logged, for tests that ask what a person would have been told. */
export class RecordingLogger implements StoreLogger {
  readonly lines: { level: string; fields: object; message: string }[] = [];

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }
}

export async function storeOptions(
  databaseUrl: string,
  overrides: Partial<MessageStoreOptions> = {},
): Promise<MessageStoreOptions> {
  return {
    databaseUrl,
    retentionDays: 30,
    setAsideDir: await mkdtemp(path.join(tmpdir(), 'chat-history-set-aside-')),
    applicationName: 'spec',
    logger: new RecordingLogger(),
    ...overrides,
  };
}

/** Sessions whose row in `chat_sessions` differs from a recount of their messages. */
export async function sessionsThatMiscount(database: TestDatabase): Promise<unknown[]> {
  return database.query(`
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
      from chat_messages group by session_name
    ), kept as (
      select session_name, first_message_at, last_message_at, last_message_id, last_role, last_message_preview,
             message_count, user_count, assistant_count, agent_count
      from chat_sessions
    )
    (table recount except table kept) union all (table kept except table recount)`);
}
