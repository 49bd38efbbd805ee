import { Client } from 'pg';
import { messageAt, openDatabase, sessionsThatMiscount, someoneWaits, write } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { ExpiredRows } from './expired-rows.js';
import { sessionsPerBatch } from './retention.options.js';
import { SessionRecount } from './session-recount.js';

const cutoff = new Date('2026-03-10T03:00:00.000Z');
const expired = new Date('2026-03-10T02:00:00.000Z');
const fresh = new Date('2026-03-10T04:00:00.000Z');

let database: TestDatabase;
let writer: Database;
let worker: Database;
/** Somebody who holds row locks for a while. */
let holder: Client;

beforeEach(async () => {
  database = await createTestDatabase();
  writer = openDatabase(database.url);
  worker = openDatabase(database.url);
  holder = new Client({ connectionString: database.url });
  await holder.connect();
});
afterEach(async () => {
  await holder.end();
  await writer.close();
  await worker.close();
  await database.drop();
});

async function deleteAndRecount(): Promise<void> {
  await exhaust(new ExpiredRows(worker).delete(cutoff));
  await exhaust(new SessionRecount(worker).run(cutoff));
}

async function exhaust(batches: AsyncGenerator): Promise<void> {
  while (!(await batches.next()).done);
}

async function hold(sessionName: string): Promise<void> {
  await holder.query('begin');
  await holder.query('select from chat_sessions where session_name = $1 for update', [sessionName]);
}

async function expectTrueSessions(): Promise<void> {
  expect(await sessionsThatMiscount(database, cutoff)).toEqual([]);
}

describe('recounting sessions while chats are written', () => {
  it('counts a message once that is inserted but waits for its session until the recount is over', async () => {
    await write(writer, [messageAt(expired, 'a'), messageAt(fresh, 'a'), messageAt(expired, 'b')]);
    await hold('b');
    const recount = deleteAndRecount();
    await someoneWaits(database, '%from chat_sessions%for update%');
    const chat = write(writer, [messageAt(fresh, 'a')]);
    await someoneWaits(database, '%insert into chat_messages%');
    await holder.query('commit');
    await Promise.all([recount, chat]);
    await expectTrueSessions();
    expect(await database.query('select session_name, message_count::int from chat_sessions')).toEqual([
      { session_name: 'a', message_count: 2 },
    ]);
  });

  it('begins a session anew for a message that waited while the session was deleted', async () => {
    await write(writer, [messageAt(expired, 'a'), messageAt(expired, 'b')]);
    await hold('b');
    const recount = deleteAndRecount();
    await someoneWaits(database, '%from chat_sessions%for update%');
    const chat = write(writer, [messageAt(fresh, 'a')]);
    await someoneWaits(database, '%insert into chat_messages%');
    await holder.query('commit');
    await Promise.all([recount, chat]);
    await expectTrueSessions();
    expect(await database.query('select session_name, started_at from chat_sessions')).toEqual([
      { session_name: 'a', started_at: fresh },
    ]);
  });

  it('counts a message whose writer had the session first', async () => {
    await write(writer, [messageAt(expired, 'a')]);
    const inserted = Promise.withResolvers<void>();
    const chat = writer.transaction(async (transaction) => {
      await write(transaction, [messageAt(fresh, 'a')]);
      inserted.resolve();
      await someoneWaits(database, '%from chat_sessions%for update%');
    });
    await inserted.promise;
    await Promise.all([deleteAndRecount(), chat]);
    await expectTrueSessions();
  });

  it('takes those that began at the same moment by name, a batch after the other', async () => {
    const names = Array.from({ length: sessionsPerBatch + 20 }, (_, at) => `session ${1_000 + at}`);
    for (const some of [names.slice(50), names.slice(0, 50)])
      await write(
        writer,
        some.map((name) => messageAt(expired, name)),
      );
    await exhaust(new ExpiredRows(worker).delete(cutoff));
    await new SessionRecount(worker).run(cutoff).next();
    const left = await database.query<{ name: string }>(
      'select session_name as name from chat_sessions order by 1',
    );
    expect(left.map(({ name }) => name)).toEqual(names.slice(sessionsPerBatch));
  });

  it('is exact under writers who never pause', async () => {
    const names = Array.from({ length: 250 }, (_, at) => `session ${at}`);
    await write(
      writer,
      names.flatMap((name, at) => [
        messageAt(expired, name),
        ...(at % 2 ? [messageAt(fresh, name, 'assistant')] : []),
      ]),
    );
    let ended = false;
    const chats = [0, 1].map(async (offset) => {
      for (let turn = 0; !ended || turn < 5; turn++) {
        const someNames = names.filter((_, at) => (at * 7 + turn + offset) % 5 === 0);
        await write(
          writer,
          someNames.map((name) => messageAt(new Date(fresh.getTime() + turn), name, 'agent')),
        );
      }
    });
    await deleteAndRecount();
    ended = true;
    await Promise.all(chats);
    await expectTrueSessions();
    expect(await database.query('select from chat_sessions where first_message_at < $1', [cutoff])).toEqual(
      [],
    );
  });
});
