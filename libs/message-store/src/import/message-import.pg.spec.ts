import { setTimeout as delay } from 'node:timers/promises';
import { messageAt, openDatabase, sessionsThatMiscount, silent, write } from '../../test/history.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { StoreUnavailableError } from '../message-store.errors.js';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '../testing.js';
import type { ImportedBatch } from './message-import.js';
import { openImportStore, type ImportStore } from './open-import-store.js';
import { sourceMessageId, type SourceKey } from './source-message-id.js';

const retentionDays = 10;
const hourMs = 3_600_000;
const now = Date.now();
const hoursAgo = (hours: number) => new Date(now - hours * hourMs);

let database: TestDatabase;
let writer: Database;
let store: ImportStore;

const openStore = (databaseUrl: string) =>
  openImportStore({ databaseUrl, retentionDays, applicationName: 'spec', logger: silent });

beforeAll(async () => {
  database = await createTestDatabase();
  writer = openDatabase(database.url);
  store = openStore(database.url);
});
beforeEach(() => database.query('truncate chat_messages, chat_sessions'));
afterAll(async () => {
  await store.close();
  await writer.close();
  await database.drop();
});

interface Row {
  readonly message: Message;
}

async function* rowsOf(messages: readonly Message[]): AsyncGenerator<Row> {
  for (const message of messages) yield { message };
}

const going = new AbortController().signal;

async function batchesOf(
  messages: readonly Message[],
  dryRun = false,
  from = store,
): Promise<ImportedBatch<Row>[]> {
  const batches: ImportedBatch<Row>[] = [];
  for await (const batch of from.messageImport.run(rowsOf(messages), { dryRun, stop: going }))
    batches.push(batch);
  return batches;
}

async function takeIn(messages: readonly Message[], dryRun = false) {
  const total = { inserted: 0, alreadyThere: 0, expired: 0, future: 0, refused: 0 };
  for (const { inserted, alreadyThere, expired, future, refused } of await batchesOf(messages, dryRun)) {
    total.inserted += inserted;
    total.alreadyThere += alreadyThere;
    total.expired += expired;
    total.future += future;
    total.refused += refused.length;
  }
  return total;
}

const tables = async () => [
  await database.query('select * from chat_messages order by session_name, created_at, id'),
  await database.query('select * from chat_sessions order by session_name'),
];

const nothing = { inserted: 0, alreadyThere: 0, expired: 0, future: 0, refused: 0 };

describe('importing messages', () => {
  it('makes partitions and sessions as the writer does, and a second time changes and counts nothing', async () => {
    const messages = Array.from({ length: 2_500 }, (_, at) =>
      messageAt(hoursAgo((at % 239) + 0.5), `s ${at % 40}`),
    );
    expect(await takeIn(messages)).toEqual({ ...nothing, inserted: 2_500 });
    expect(await sessionsThatMiscount(database)).toEqual([]);
    const before = await tables();
    expect(await takeIn(messages)).toEqual({ ...nothing, alreadyThere: 2_500 });
    expect(await tables()).toEqual(before);
  }, 120_000);

  it('counts a message once that comes twice, and leaves one that is there as it is', async () => {
    const [one, other] = [messageAt(hoursAgo(2), 'a'), messageAt(hoursAgo(1), 'a')];
    await write(writer, [one]);
    const changed = { ...one, status: 'failed' as const };
    expect(await takeIn([other, changed, other])).toEqual({ ...nothing, inserted: 1, alreadyThere: 2 });
    const [messages] = await tables();
    expect(messages).toMatchObject([{ status: 'complete' }, { content: other.content }]);
  });

  it('knows a message by its text id wherever it stands in the file, and one without an id only at its place', async () => {
    const at = hoursAgo(1);
    const from = (key: SourceKey, sessionName = 'a', createdAt = at): Message => ({
      ...messageAt(createdAt, sessionName),
      id: sourceMessageId(createdAt, sessionName, key),
      content: 'x',
    });
    const first = [
      from({ place: 2, textId: 'm-1' }),
      from({ place: 3, textId: 'm-2' }),
      from({ place: 4, said: 'x' }),
      from({ place: 2 ** 33 - 1, textId: 'm-3' }),
    ];
    const again = [
      from({ place: 4, textId: 'm-2' }),
      from({ place: 2 ** 33 - 1, textId: 'm-1' }),
      from({ place: 0, textId: 'm-3' }),
      from({ place: 4, said: 'x' }),
    ];
    const others = [
      from({ place: 5, textId: 'm-4' }),
      from({ place: 2, said: 'm-1' }),
      from({ place: 5, said: 'x' }),
      from({ place: 2, textId: 'm-1' }, 'b'),
      from({ place: 2, textId: 'm-1' }, 'a', new Date(at.getTime() + 1)),
    ];
    expect(await takeIn(first)).toEqual({ ...nothing, inserted: 4 });
    expect(await takeIn([...again, ...others, from({ place: 6, textId: 'm-4' })])).toEqual({
      ...nothing,
      inserted: 5,
      alreadyThere: 5,
    });
    const changed = [1, 2].map((place) => ({ ...from({ place, textId: 'm-1' }), content: 'secret' }));
    expect(await takeIn(changed)).toEqual({ ...nothing, refused: 2 });
    expect((await tables())[0]).toHaveLength(9);
  });

  it.each([
    ['in the store', true, false],
    ['in the store, when it only looks', true, true],
    ['before it in the batch', false, false],
  ])('finds a row at fault that says another thing than the one %s', async (_, isKept, dryRun) => {
    const one = { ...messageAt(hoursAgo(2), 'a'), content: '退款 \u{1f600}\r\n' };
    const otherText = { ...one, content: 'secret' };
    const otherRole = { ...one, role: 'agent' as const };
    if (isKept) await write(writer, [one]);
    const [batch] = await batchesOf([one, otherText, one, otherRole, otherText], dryRun);
    const reason = 'a message with its session, time and id is there, with another role or content';
    expect(batch).toMatchObject({
      inserted: isKept ? 0 : 1,
      alreadyThere: isKept ? 2 : 1,
      refused: [otherText, otherRole, otherText].map((message) => ({ row: { message }, reason })),
    });
    expect((await tables())[0]).toMatchObject([{ role: one.role, content: one.content }]);
  });

  it('leaves out what is past its retention or later than the store takes', async () => {
    const messages = [
      messageAt(hoursAgo(retentionDays * 24 + 1), 'a'),
      messageAt(hoursAgo(retentionDays * 24 - 1), 'a'),
      messageAt(hoursAgo(-24), 'a'),
      messageAt(hoursAgo(-73), 'a'),
      messageAt(new Date('9999-01-01'), 'a'),
    ];
    expect(await takeIn(messages)).toEqual({ ...nothing, inserted: 2, expired: 1, future: 2 });
  });

  it.each(['+010000-01-01', '+275760-09-13', '-000001-01-01', '-271821-04-20'])(
    'leaves out a time whose year has more or other than four digits: %s',
    async (day) => {
      const odd = { ...messageAt(hoursAgo(1), 'a'), createdAt: new Date(`${day}T00:00:00.000Z`) };
      const leftOut = day.startsWith('+') ? { future: 1 } : { expired: 1 };
      expect(await takeIn([odd, messageAt(hoursAgo(1), 'a')])).toEqual({
        ...nothing,
        inserted: 1,
        ...leftOut,
      });
    },
  );

  it('sets apart what the database refuses, with a reason that shows no text, and writes its neighbours', async () => {
    const odd = { ...messageAt(hoursAgo(1), 'a'), role: 'nobody' as Message['role'], content: 'secret' };
    const [batch] = await batchesOf([messageAt(hoursAgo(3), 'a'), odd, messageAt(hoursAgo(2), 'b')]);
    expect(batch).toMatchObject({
      inserted: 2,
      refused: [{ row: { message: odd }, reason: 'the database refuses it (SQLSTATE 23514)' }],
    });
  });

  // Tried again it would come later than a spec may take.
  it.each([
    ['that is none of the database', { agentName: 7 as unknown as string }, 'must be of type string'],
    ['about what it was asked', { id: 'none' }, 'invalid input syntax for type uuid'],
  ])('ends at once by an error %s, which no waiting cures', async (_, odd, message) => {
    await expect(batchesOf([{ ...messageAt(hoursAgo(1), 'a'), ...odd }])).rejects.toThrow(message);
  });

  it('goes on after transactions that collided more often than is tried at once', async () => {
    await database.query('create sequence collisions');
    await database.query(`
      create function collide() returns trigger language plpgsql as $$
      begin
        if nextval('collisions') <= 12 then raise 'collided' using errcode = '40001'; end if;
        return new;
      end $$`);
    await database.query(
      'create trigger collide before insert on chat_messages for each row execute function collide()',
    );
    try {
      expect(await takeIn([messageAt(hoursAgo(1), 'a')])).toEqual({ ...nothing, inserted: 1 });
    } finally {
      await database.query('drop function collide cascade');
    }
  });

  it('looks and counts without writing when that is all that is wanted', async () => {
    const messages = [messageAt(hoursAgo(1), 'a'), messageAt(hoursAgo(2), 'b')];
    await write(writer, messages.slice(0, 1));
    expect(await takeIn(messages, true)).toEqual({ ...nothing, inserted: 1, alreadyThere: 1 });
    expect((await tables())[0]).toHaveLength(1);
  });

  it('takes batches of five hundred or of 2 MiB, and asks for the next rows when one is in the database', async () => {
    const large = 'x'.repeat(1_000_000);
    const messages = [
      ...Array.from({ length: 501 }, (_, at) => messageAt(hoursAgo(1), `s ${at}`)),
      ...Array.from({ length: 6 }, () => ({ ...messageAt(hoursAgo(1), 'large'), content: large })),
    ];
    let asked = 0;
    async function* rows() {
      for (const message of messages) {
        asked++;
        yield { message };
      }
    }
    const batches: number[][] = [];
    for await (const { inserted } of store.messageImport.run(rows(), { dryRun: false, stop: going })) {
      batches.push([inserted, asked]);
    }
    expect(batches).toEqual([
      [500, 501],
      [3, 504],
      [2, 506],
      [2, 507],
    ]);
  });
});

describe('importing while the database is away', () => {
  let proxy: FlakyProxy;
  let away: ImportStore;
  beforeEach(async () => {
    proxy = await FlakyProxy.to(database.url);
    away = openStore(proxy.url);
  });
  afterEach(async () => {
    await away.close();
    await proxy.close();
  });

  it('waits for it, and counts each message once', async () => {
    proxy.become('refuse');
    const importing = batchesOf([messageAt(hoursAgo(1), 'a')], false, away);
    await delay(500);
    proxy.become('pass');
    expect(await importing).toMatchObject([{ inserted: 1, alreadyThere: 0 }]);
  });

  it('does not wait any more when it is stopped', async () => {
    proxy.become('refuse');
    const stop = new AbortController();
    const run = away.messageImport.run(rowsOf([messageAt(hoursAgo(1), 'a')]), {
      dryRun: false,
      stop: stop.signal,
    });
    const first = run.next();
    stop.abort();
    await expect(first).rejects.toBeInstanceOf(StoreUnavailableError);
  });
});
