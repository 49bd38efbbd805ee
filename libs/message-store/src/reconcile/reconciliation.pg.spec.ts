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
import { ExpiredRows } from '../retention/expired-rows.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { openReconcileStore, type ReconcileStore } from './open-reconcile-store.js';
import type { SessionDifference } from './session-comparison.js';

const hourMs = 3_600_000;
const retentionDays = 10;
const now = Date.now();
const fresh = new Date(now - hourMs);
const older = new Date(now - 3 * 24 * hourMs);
const expired = new Date(now - retentionDays * 24 * hourMs - hourMs);

let database: TestDatabase;
let writer: Database;
let store: ReconcileStore;

beforeAll(async () => {
  database = await createTestDatabase();
  writer = openDatabase(database.url);
  store = openReconcileStore({
    databaseUrl: database.url,
    retentionDays,
    applicationName: 'spec',
    logger: silent,
  });
});
beforeEach(() => database.query('truncate chat_messages, chat_sessions'));
afterAll(async () => {
  await store.close();
  await writer.close();
  await database.drop();
});

async function reconcile(repair = false) {
  const total = { sessions: 0, messages: 0, expiring: 0, indexable: 0, unindexable: 0, batches: 0 };
  const differences: SessionDifference[] = [];
  for await (const batch of store.reconciliation.run({ repair })) {
    total.batches++;
    total.sessions += batch.sessions;
    total.messages += batch.messages;
    total.expiring += batch.expiring;
    total.indexable += batch.unindexed.indexable;
    total.unindexable += batch.unindexed.unindexable;
    differences.push(...batch.differences);
  }
  return { ...total, faults: Object.fromEntries(differences.map((one) => [one.sessionName, one.faults])) };
}

const cutoff = () => new Date(Date.now() - retentionDays * 24 * hourMs);

async function expectTrueSessions(): Promise<void> {
  expect((await reconcile()).faults).toEqual({});
  expect(await sessionsThatMiscount(database, cutoff())).toEqual([]);
}

describe('comparing sessions with their messages', () => {
  it('finds nothing in an empty store, nor in one that only the writer wrote', async () => {
    expect(await reconcile()).toMatchObject({ sessions: 0, messages: 0, batches: 1, faults: {} });
    await write(writer, [messageAt(older, '会话'), messageAt(fresh, '会话', 'agent'), messageAt(fresh, 'z')]);
    await write(writer, [messageAt(older, 'z', 'assistant')]);
    expect(await reconcile()).toMatchObject({ sessions: 2, messages: 4, expiring: 0, faults: {} });
  });

  it.each([
    ['started_at', `started_at = now()`],
    ['first_message_at', `first_message_at = first_message_at - interval '1 millisecond'`],
    ['last_message_at', `last_message_at = last_message_at + interval '1 millisecond'`],
    ['last_message_id', `last_message_id = gen_random_uuid()`],
    ['last_role', `last_role = 'agent'`],
    ['last_message_preview', `last_message_preview = 'said by nobody'`],
    ['message_count', `message_count = 3`],
    ['user_count', `user_count = 0`],
    ['assistant_count', `assistant_count = 0`],
    ['agent_count', `agent_count = 1`],
  ])('finds and mends a false %s', async (column, change) => {
    await write(writer, [messageAt(older, 'a'), messageAt(fresh, 'a', 'assistant'), messageAt(fresh, 'b')]);
    const kept = `select * from chat_sessions order by session_name`;
    const before = await database.query(kept);
    await database.query(`update chat_sessions set ${change} where session_name = 'a'`);
    expect((await reconcile()).faults).toEqual({ a: expect.arrayContaining([column]) });
    expect((await reconcile(true)).faults).toEqual({ a: expect.arrayContaining([column]) });
    await expectTrueSessions();
    expect(await database.query(kept)).toEqual(before);
  });

  it('lets the quarter-hours of mended sessions be counted again for the statistics', async () => {
    const messages = [messageAt(older, 'a'), messageAt(fresh, 'a', 'assistant'), messageAt(older, 'b')];
    await write(writer, messages);
    await database.query(`truncate statistics_marks`);
    await database.query(`update chat_sessions set started_at = now() where session_name = 'a'`);
    await reconcile(true);
    const quarter = (at: Date) => ({ quarter_start: new Date(Math.floor(at.getTime() / 900_000) * 900_000) });
    expect(await database.query('select quarter_start from statistics_marks order by 1')).toEqual([
      quarter(older),
      quarter(fresh),
    ]);
  });

  it('finds and mends sessions that are missing and sessions that nobody had', async () => {
    await write(writer, [messageAt(older, 'a'), messageAt(fresh, 'a', 'agent'), messageAt(fresh, 'b')]);
    await database.query(`update chat_sessions set session_name = 'nobody' where session_name = 'a'`);
    const found = { a: ['missing'], nobody: ['superfluous'] };
    expect((await reconcile()).faults).toEqual(found);
    expect((await reconcile(true)).faults).toEqual(found);
    await expectTrueSessions();
    expect(await database.query(`select started_at from chat_sessions where session_name = 'a'`)).toEqual([
      { started_at: older },
    ]);
  });

  it('goes through more sessions than a batch has, and through sessions without any row', async () => {
    const names = Array.from({ length: 4_500 }, (_, at) => `session ${at}`);
    await write(
      writer,
      names.map((name, at) => messageAt(new Date(fresh.getTime() - at), name)),
    );
    expect(await reconcile()).toMatchObject({ sessions: 4_500, messages: 4_500, batches: 3, faults: {} });
    await database.query(`delete from chat_sessions where session_name like '%7'`);
    expect(Object.keys((await reconcile(true)).faults)).toHaveLength(450);
    await database.query(`truncate chat_sessions`);
    expect(Object.keys((await reconcile(true)).faults)).toHaveLength(4_500);
    await expectTrueSessions();
  }, 120_000);
});

describe('comparing sessions some of whose messages are past their retention', () => {
  beforeEach(async () => {
    await write(writer, [
      messageAt(expired, 'ending'),
      messageAt(fresh, 'ending', 'agent'),
      messageAt(expired, 'gone'),
      messageAt(fresh, 'staying'),
    ]);
  });

  it('takes them for what they are before, amid and after a retention run', async () => {
    expect(await reconcile()).toMatchObject({ expiring: 2, messages: 2, faults: {} });
    for await (const count of new ExpiredRows(writer).delete(cutoff())) expect(count).toBe(2);
    expect(await reconcile()).toMatchObject({ expiring: 2, messages: 2, faults: {} });
  });

  it('still finds what no retention run would make of them', async () => {
    await database.query(`
      update chat_sessions
      set agent_count = 0, last_message_preview = case session_name when 'ending' then '' else last_message_preview end`);
    await database.query(`update chat_sessions set last_message_at = now() where session_name = 'gone'`);
    expect((await reconcile()).faults).toEqual({
      ending: ['last_message_preview', 'agent_count'],
      gone: ['superfluous'],
    });
    await reconcile(true);
    await expectTrueSessions();
    expect(
      await database.query(`select started_at from chat_sessions where session_name = 'ending'`),
    ).toEqual([{ started_at: expired }]);
  });
});

describe('looking for messages without a search vector', () => {
  beforeEach(async () => {
    await write(
      writer,
      Array.from({ length: 250 }, (_, at) => messageAt(at % 2 ? fresh : older, `s${at % 7}`)),
    );
  });

  it('finds and indexes those whose text can be indexed, and tells the others apart', async () => {
    expect(await reconcile()).toMatchObject({ indexable: 0, unindexable: 0 });
    await database.query(`
      alter function chat_search_text(text) rename to chat_search_text_that_can;
      create function chat_search_text(content text) returns text language plpgsql immutable strict as $$
      begin
        if content like 'unreadable%' then raise 'cannot be read'; end if;
        return chat_search_text_that_can(content);
      end $$`);
    await write(
      writer,
      ['s1', 's3', 'other'].map((name) => ({ ...messageAt(fresh, name), content: 'unreadable' })),
    );
    await database.query(`update chat_messages set content_tsv = null`);
    expect(await reconcile()).toMatchObject({ indexable: 250, unindexable: 3, faults: {} });
    expect(await reconcile(true)).toMatchObject({ indexable: 250, unindexable: 3, faults: {} });
    expect(await reconcile(true)).toMatchObject({ indexable: 0, unindexable: 3, faults: {} });
    expect(
      await database.query(
        `select from chat_messages where content_tsv is distinct from chat_search_vector(content) and content not like 'unr%'`,
      ),
    ).toEqual([]);
    await database.query(`
      drop function chat_search_text(text);
      alter function chat_search_text_that_can(text) rename to chat_search_text`);
  });

  it('takes long texts a few at a time', async () => {
    const long = Array.from({ length: 9 }, () => ({
      ...messageAt(fresh, 'long'),
      content: 'word '.repeat(200_000),
    }));
    await write(writer, long);
    await database.query(`update chat_messages set content_tsv = null where session_name = 'long'`);
    expect(await reconcile(true)).toMatchObject({ indexable: 9, unindexable: 0 });
    expect(await reconcile()).toMatchObject({ indexable: 0, unindexable: 0 });
  }, 120_000);
});

describe('mending sessions while chats are written', () => {
  /** Somebody who holds row locks for a while. */
  let holder: Client;
  beforeEach(async () => {
    holder = new Client({ connectionString: database.url });
    await holder.connect();
    await write(writer, [messageAt(older, 'a'), messageAt(older, 'b')]);
  });
  afterEach(() => holder.end());

  it.each([
    ['is false', `update chat_sessions set message_count = 7`],
    [
      'is missing',
      `delete from chat_sessions where session_name = 'a'; update chat_sessions set last_role = ''`,
    ],
  ])('counts a message once that waits for a session whose row %s', async (_, damage) => {
    await database.query(damage);
    await holder.query('begin');
    await holder.query(`select from chat_sessions where session_name = 'b' for update`);
    const mending = reconcile(true);
    await someoneWaits(database, '%insert into chat_sessions%as name%');
    const chat = write(writer, [messageAt(fresh, 'a', 'agent')]);
    await someoneWaits(database, '%insert into chat_messages%');
    await holder.query('commit');
    await Promise.all([mending, chat]);
    await expectTrueSessions();
  });

  it('counts a message whose writer made the missing session first', async () => {
    await database.query(`truncate chat_sessions`);
    const inserted = Promise.withResolvers<void>();
    const chat = writer.transaction(async (transaction) => {
      await write(transaction, [messageAt(fresh, 'a', 'agent')]);
      inserted.resolve();
      await someoneWaits(database, '%insert into chat_sessions%as name%');
    });
    await inserted.promise;
    await Promise.all([reconcile(true), chat]);
    await expectTrueSessions();
  });

  it('is exact under writers who never pause', async () => {
    const names = Array.from({ length: 250 }, (_, at) => `session ${at}`);
    await write(
      writer,
      names.flatMap((name) => [messageAt(older, name), messageAt(fresh, name, 'assistant')]),
    );
    await database.query(`
      delete from chat_sessions where session_name like '%3';
      update chat_sessions set message_count = 0, last_message_at = first_message_at where session_name like '%5';
      update chat_messages set content_tsv = null where session_name like '%1'`);
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
    await reconcile(true);
    ended = true;
    await Promise.all(chats);
    await expectTrueSessions();
    expect(await reconcile()).toMatchObject({ indexable: 0, unindexable: 0 });
  });
});
