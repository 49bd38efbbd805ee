import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '@chat-history/message-store/testing';

const readers = `
  select count(*)::int as count from pg_stat_activity
  where datname = current_database() and application_name = 'agent-workbench-api reader' and wait_event_type = 'Lock'`;

/** Lets every read of the history wait in PostgreSQL, as a slow one does, for as long as `during` runs. */
export async function withBlockedTables(
  { query }: TestDatabase,
  during: (waiting: (count: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  await query('begin');
  try {
    await query('lock table chat_messages, chat_sessions in access exclusive mode');
    await during(async (count) => {
      for (;;) {
        // What it shows stands still within a transaction otherwise.
        await query('select pg_stat_clear_snapshot()');
        const [row] = await query<{ count: number }>(readers);
        if (row?.count === count) return;
        await delay(20);
      }
    });
  } finally {
    await query('rollback');
  }
}
