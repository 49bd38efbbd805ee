import { Client } from 'pg';
import {
  messageAt,
  openDatabase,
  sessionsThatMiscount,
  silent,
  someoneWaits,
  write,
} from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { openRetentionStore } from './open-retention-store.js';
import { addFigures, noFigures, type RetentionFigures } from './retention-figures.js';

const cutoff = new Date('2026-03-10T03:00:00.000Z');
const days = ['2026-03-07', '2026-03-08', '2026-03-09', '2026-03-10'];

let database: TestDatabase;
let writer: Database;
/** Somebody who reads everything in a transaction and does not end it. */
let reader: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  writer = openDatabase(database.url);
  reader = new Client({ connectionString: database.url });
  await reader.connect();
  await write(
    writer,
    days.flatMap((day) => [
      messageAt(new Date(`${day}T01:00:00.000Z`), 'across all days'),
      messageAt(new Date(`${day}T05:00:00.000Z`), day),
    ]),
  );
});
afterEach(async () => {
  await reader.end();
  await writer.close();
  await database.drop();
});

async function run(detachTimeoutMs = 20_000): Promise<RetentionFigures> {
  const store = openRetentionStore({
    databaseUrl: database.url,
    retentionDays: 30,
    applicationName: 'spec',
    logger: silent,
    detachTimeoutMs,
  });
  try {
    let figures = noFigures;
    for await (const step of store.expiredMessages.delete(cutoff)) figures = addFigures(figures, step);
    return figures;
  } finally {
    await store.close();
  }
}

async function partitions(): Promise<string[]> {
  const rows = await database.query<{ name: string }>(`
    select right(inhrelid::regclass::text, 4) || case when inhdetachpending then ' pending' else '' end as name
    from pg_inherits where inhparent = 'chat_messages'::regclass and inhrelid::regclass::text < 'chat_messages_p202604'
    order by 1`);
  return rows.map((row) => row.name);
}

/** What every chat and every list does; each fails, instead of waiting, where DDL stands in its way. */
async function chatAndRead(): Promise<void> {
  await writer.transaction(async (transaction) => {
    await transaction.query(`set local statement_timeout = '5s'`);
    await transaction.query(`select count(*) from chat_messages`);
  });
  await write(writer, [messageAt(new Date('2026-03-10T06:00:00.000Z'), 'meanwhile')]);
}

describe('dropping expired partitions', () => {
  it('waits for a reader that began earlier while chats and other readers go on', async () => {
    await reader.query('begin');
    await reader.query('select count(*) from chat_messages');
    let ended = false;
    const running = run().finally(() => (ended = true));

    await someoneWaits(database, '%detach partition%concurrently');
    await chatAndRead();
    await chatAndRead();
    expect(ended).toBe(false);

    await reader.query('commit');
    expect((await running).partitionsDropped).toHaveLength(3);
    expect(await partitions()).toEqual(['0310']);
  });

  it('postpones within its bound, and the next run ends what this one left pending', async () => {
    await reader.query('begin');
    await reader.query('select count(*) from chat_messages');

    const first = await run(300);
    expect(first.partitionsDropped).toEqual([]);
    expect(first.postponed).toEqual([
      'chat_messages_p20260307: transactions that began earlier are still open',
      'chat_messages_p20260308: not tried, because an earlier one had to wait',
      'chat_messages_p20260309: not tried, because an earlier one had to wait',
    ]);
    expect(await partitions()).toEqual(['0307 pending', '0308', '0309', '0310']);
    await chatAndRead();
    // Nothing after the day that had to wait is gone, and sessions are true to what there is.
    expect(await database.query('select from chat_messages where created_at < $1', [cutoff])).toHaveLength(5);
    expect(await sessionsThatMiscount(database)).toEqual([]);

    // Still open: it is the pending one that has to wait now, and nobody waits for it.
    const second = run();
    await someoneWaits(database, '%finalize');
    await chatAndRead();
    await reader.query('commit');
    expect(await second).toEqual({
      partitionsDropped: days.slice(0, 3).map((day) => `chat_messages_p${day.replaceAll('-', '')}`),
      messagesDeleted: 7,
      sessionsDeleted: 3,
      postponed: [],
    });
    expect(await partitions()).toEqual(['0310']);
  });

  it('finalises the detachment of a run that was killed in it', async () => {
    await reader.query('begin');
    await reader.query('select count(*) from chat_messages');
    const killed = run();
    const outcome = expect(killed).rejects.toThrow('the database does not answer');
    await someoneWaits(database, '%detach partition%concurrently');
    await database.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike '%detach partition%concurrently' and wait_event_type = 'Lock'`);
    await outcome;
    expect(await partitions()).toEqual(['0307 pending', '0308', '0309', '0310']);

    await reader.query('commit');
    expect((await run()).partitionsDropped).toHaveLength(3);
    expect(await partitions()).toEqual(['0310']);
  });

  it('drops a detached table that nobody dropped, and no other table', async () => {
    await database.query('alter table chat_messages detach partition chat_messages_p20260307');
    await database.query('alter table chat_messages detach partition chat_messages_p20260310');
    await database.query('create table chat_messages_p20260301_archive (like chat_messages)');
    await database.query('create table chat_messages_p99999999 (like chat_messages)');
    const figures = await run();
    expect(figures.messagesDeleted).toBe(6);
    expect(figures.partitionsDropped).toEqual([
      'chat_messages_p20260307',
      'chat_messages_p20260308',
      'chat_messages_p20260309',
    ]);
    const others = ['chat_messages_p20260310', 'chat_messages_p20260301_archive', 'chat_messages_p99999999'];
    for (const name of others) {
      expect(await database.query('select from pg_class where oid = to_regclass($1)', [name])).toHaveLength(
        1,
      );
    }
  });

  it('judges an attached partition by its bound and not by its name', async () => {
    await database.query('alter table chat_messages_p20260310 rename to chat_messages_p20200101');
    await database.query('alter table chat_messages_p20260307 rename to "Odd ""name"');
    expect((await run()).partitionsDropped).toEqual([
      '"Odd ""name"',
      'chat_messages_p20260308',
      'chat_messages_p20260309',
    ]);
    expect(await database.query('select from chat_messages')).toHaveLength(1);
  });

  it('judges bounds alike in another time zone', async () => {
    await database.query(`do $$ begin
      execute format('alter database %I set timezone = ''Asia/Kathmandu''', current_database());
    end $$`);
    expect((await run()).partitionsDropped).toHaveLength(3);
    expect(await partitions()).toEqual(['0310']);
  });

  describe('where CONCURRENTLY is not to be had', () => {
    beforeEach(() => database.query('create table chat_messages_rest partition of chat_messages default'));

    it('drops under a short lock', async () => {
      expect((await run()).partitionsDropped).toHaveLength(3);
      expect(await database.query('select from chat_messages')).toHaveLength(1);
    });

    it('postpones when a reader is in the way, and chats and readers go on', async () => {
      await reader.query('begin');
      await reader.query('select count(*) from chat_messages');
      const figures = await run();
      expect(figures.partitionsDropped).toEqual([]);
      expect(figures.postponed).toContain('chat_messages_p20260307: it is in use');
      await chatAndRead();
      await reader.query('commit');
      expect((await run()).partitionsDropped).toHaveLength(3);
    });
  });
});
