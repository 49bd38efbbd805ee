import { messageAt, openDatabase, sessionsThatMiscount, silent, write } from '../../test/history.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { addDays, utcDay } from '../utc-day.js';
import { openRetentionStore, type RetentionStore } from './open-retention-store.js';
import { addFigures, noFigures, type RetentionFigures } from './retention-figures.js';

const cutoff = new Date('2026-03-10T03:00:00.000Z');
const hourMs = 3_600_000;

let database: TestDatabase;
let writer: Database;
let store: RetentionStore;

beforeEach(async () => {
  database = await createTestDatabase();
  writer = openDatabase(database.url);
  store = openRetentionStore({
    databaseUrl: database.url,
    retentionDays: 30,
    applicationName: 'spec',
    logger: silent,
  });
});
afterEach(async () => {
  await writer.close();
  await store.close();
  await database.drop();
});

async function run(): Promise<RetentionFigures> {
  let figures = noFigures;
  for await (const step of store.expiredMessages.delete(cutoff)) figures = addFigures(figures, step);
  return figures;
}

/** Four days before the cutoff's own day to one day after it, several sessions across all of them. */
function sixDays(): Message[] {
  return Array.from({ length: 144 }, (_, hour) => {
    const createdAt = new Date(Date.parse('2026-03-06T00:30:00.000Z') + hour * hourMs);
    const role = (['user', 'assistant', 'agent'] as const)[hour % 3] ?? 'user';
    return messageAt(createdAt, `session ${hour % 7}`, role);
  });
}

describe('deleting expired messages', () => {
  it('drops whole days, deletes the rest of the boundary day, and keeps everything from the cutoff on', async () => {
    const atCutoff = messageAt(cutoff, 'exactly at the cutoff');
    const justBefore = messageAt(new Date(cutoff.getTime() - 1), 'one millisecond before');
    const messages = [...sixDays(), atCutoff, justBefore];
    await write(writer, messages);

    const figures = await run();

    const kept = messages.filter((message) => message.createdAt >= cutoff);
    const left = await database.query<{ id: string }>('select id from chat_messages order by created_at, id');
    expect(left.map((row) => row.id)).toEqual(kept.map((message) => message.id).sort());
    expect(figures).toEqual({
      partitionsDropped: ['06', '07', '08', '09'].map((day) => `chat_messages_p202603${day}`),
      messagesDeleted: messages.length - kept.length,
      sessionsDeleted: 1,
      postponed: [],
    });
    const tables = await database.query(
      `select from pg_class where relname ~ '^chat_messages_p2026030[6-9]'`,
    );
    expect(tables).toEqual([]);
  });

  it('leaves chat_sessions equal to a recount, with the sessions own beginning', async () => {
    await write(writer, [
      ...sixDays(),
      messageAt(new Date('2026-03-07T00:00:00.000Z'), 'only old'),
      messageAt(new Date('2026-03-10T12:00:00.000Z'), 'only new'),
    ]);
    const before = await database.query(
      `select session_name, started_at from chat_sessions where last_message_at >= $1 order by 1`,
      [cutoff],
    );
    await run();
    expect(await sessionsThatMiscount(database, cutoff)).toEqual([]);
    expect(await database.query('select session_name, started_at from chat_sessions order by 1')).toEqual(
      before,
    );
  });

  it('counts beforehand what it deletes afterwards, and changes nothing by counting', async () => {
    await write(writer, [...sixDays(), messageAt(new Date('2026-03-07T00:00:00.000Z'), 'only old')]);
    const content = () => database.query('select * from chat_messages order by created_at, id');
    const before = await content();

    const expected = await store.expiredMessages.count(cutoff);
    expect(await content()).toEqual(before);
    expect(expected.messagesDeleted).toBeGreaterThan(50);
    expect(await run()).toEqual(expected);
    expect(await run()).toEqual(noFigures);
  });

  it('deletes a boundary day of more rows and sessions than go into one batch', async () => {
    const messages = Array.from({ length: 2_500 }, (_, at) =>
      messageAt(new Date('2026-03-10T02:00:00.000Z'), `session ${at % 350}`),
    );
    const last = messageAt(new Date('2026-03-10T04:00:00.000Z'), 'session 1');
    await write(writer, [...messages, last]);
    expect(await run()).toMatchObject({ messagesDeleted: 2_500, sessionsDeleted: 349 });
    expect(await database.query('select session_name, message_count::int from chat_sessions')).toEqual([
      { session_name: 'session 1', message_count: 1 },
    ]);
  });

  it('goes on where a run was cut', async () => {
    await write(writer, sixDays());
    const steps = store.expiredMessages.delete(cutoff);
    await steps.next();
    await steps.next();
    await steps.return(undefined);
    await run();
    expect(await sessionsThatMiscount(database, cutoff)).toEqual([]);
    expect(await database.query('select from chat_messages where created_at < $1', [cutoff])).toEqual([]);
  });

  it('makes the partitions of today and the two days ahead, and analyses the parent', async () => {
    await write(writer, sixDays());
    await run();
    const today = utcDay(new Date());
    for (const day of [today, addDays(today, 1), addDays(today, 2)]) {
      const name = `chat_messages_p${day.replaceAll('-', '')}`;
      expect(
        await database.query('select from pg_inherits where inhrelid = to_regclass($1)', [name]),
      ).toHaveLength(1);
    }
    const statistics = await database.query(
      `select from pg_stats where tablename = 'chat_messages' and attname = 'session_name' and inherited`,
    );
    expect(statistics).toHaveLength(1);
  });
});
