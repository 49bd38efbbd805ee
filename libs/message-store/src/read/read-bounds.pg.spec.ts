import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { messageAt, openDatabase, someoneWaits, write } from '../../test/history.js';
import type { Database } from '../database.js';
import { ReadCancelledError, ReadTimeoutError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { utcDay } from '../utc-day.js';
import { MessageSearch, type MessageSearchPage } from './message-search.js';
import { SessionList } from './session-list.js';
import { Transcript } from './transcript.js';

const dayMs = 86_400_000;
/** A minute later a new day may have begun, and the search begin with another window. */
const today = Date.now();

let test: TestDatabase;
let database: Database;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  const days = Array.from({ length: 20 }, (_, age) => new Date(today - age * dayMs));
  const messages = days.flatMap((day) =>
    Array.from({ length: 5 }, () => ({ ...messageAt(day, 's'), content: 'a word' })),
  );
  await write(database, messages);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

/** While `work` runs nobody can read the messages of a day so many days ago. */
async function withoutDay<Result>(age: number, work: () => Promise<Result>): Promise<Result> {
  const day = utcDay(new Date(today - age * dayMs)).replaceAll('-', '');
  const holder = new Client({ connectionString: test.url });
  await holder.connect();
  await holder.query('begin');
  await holder.query(`lock table chat_messages_p${day} in access exclusive mode`);
  return work().finally(() => holder.end());
}

/** Resolves when our one connection runs nothing; PostgreSQL tells a client of an error before it has tidied up. */
async function isIdle(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const states = await test.query<{ state: string }>(
      `select state from pg_stat_activity where datname = current_database() and application_name = 'spec'`,
    );
    if (states.length === 1 && states[0]?.state === 'idle') return;
    if (attempt === 100) throw new Error(`it is not idle: ${JSON.stringify(states)}`);
    await delay(10);
  }
}

describe('a search', () => {
  it('ends after its time in all, however many statements it takes, and leaves its connections idle', async () => {
    const hurried = new MessageSearch(database, new RetentionClock(30), 300);
    // The day before is asked with the second statement, and its partition's lock is not to be had.
    await withoutDay(1, async () => {
      await expect(hurried.find({ q: 'nowhere', limit: 5 })).rejects.toThrow(ReadTimeoutError);
    });
    await isIdle();
    const search = new MessageSearch(database, new RetentionClock(30));
    expect((await search.find({ q: 'word', limit: 5 })).items).toHaveLength(5);
  });

  it('is cancelled in PostgreSQL when nobody waits for it any more', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    const gone = new AbortController();
    await withoutDay(10, async () => {
      const asked = search.find({ q: 'nowhere', limit: 5, order: 'relevance' }, gone.signal);
      await someoneWaits(test, '%chat_messages%');
      gone.abort();
      await expect(asked).rejects.toThrow(ReadCancelledError);
      await isIdle();
    });
    await expect(search.find({ limit: 5 }, gone.signal)).rejects.toThrow(ReadCancelledError);
  });
});

describe.each([
  [
    'a page of sessions',
    (clock: RetentionClock) =>
      new SessionList(database, clock, 300).find({ limit: 5, to: new Date(today + dayMs) }),
  ],
  [
    'a page of a transcript',
    (clock: RetentionClock) => new Transcript(database, clock, 300).find({ sessionName: 's', limit: 200 }),
  ],
])('%s', (_, find) => {
  it('ends after its time in all, too', async () => {
    await withoutDay(1, async () => {
      await expect(find(new RetentionClock(30))).rejects.toThrow('reading took longer than it may');
    });
    await isIdle();
  });
});

describe('a count', () => {
  it('that takes too long says what there is at least, and the page comes all the same', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    const page = await withoutDay(5, () => search.find({ q: 'word', limit: 4, withCount: true }));
    expect(page.items).toHaveLength(4);
    // Of today, and of the two days before it.
    expect(page.count).toEqual({ value: 15, relation: 'at_least' });
    const first = await withoutDay(1, () => search.find({ q: 'word', limit: 4, withCount: true }));
    expect(first.count).toEqual({ value: 5, relation: 'at_least' });
  });

  it('that knows nothing yet says that there is at least what the page has', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    // The second page begins in the day before; the count begins today.
    const { nextCursor } = await search.find({ q: 'word', limit: 7 });
    const cursor = nextCursor ?? '';
    const page = await withoutDay(0, () => search.find({ q: 'word', limit: 7, withCount: true, cursor }));
    expect(page.items).toHaveLength(7);
    expect(page.count).toEqual({ value: 7, relation: 'at_least' });
  });

  it('for which no connection is free says what there is at least', async () => {
    const single = openDatabase(test.url, { maxConnections: 1, acquireTimeoutMs: 200 });
    const search = new MessageSearch(single, new RetentionClock(30));
    const answered = Promise.withResolvers<undefined>();
    let page: Promise<MessageSearchPage> | undefined;
    let inUse: Promise<unknown> | undefined;
    await withoutDay(0, async () => {
      page = search.find({ limit: 4, withCount: true });
      await someoneWaits(test, '%chat_messages%');
      // Is next when the page has been read, and ahead of the count.
      inUse = single.withConnection(() => answered.promise);
    });
    const { count } = (await page?.finally(() => answered.resolve(undefined))) ?? {};
    expect(count).toEqual({ value: 4, relation: 'at_least' });
    await inUse;
    await single.close();
  });

  it('whose connection is lost says what there is at least', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    const page = await withoutDay(5, async () => {
      const asked = search.find({ q: 'word', limit: 4, withCount: true });
      await someoneWaits(test, '%chat_messages%');
      await test.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'spec' and wait_event_type = 'Lock'`);
      return asked;
    });
    expect(page.items).toHaveLength(4);
    expect(page.count).toEqual({ value: 15, relation: 'at_least' });
  });

  it('is cancelled with its page when nobody waits for it any more', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    const gone = new AbortController();
    await withoutDay(5, async () => {
      const asked = search.find({ q: 'word', limit: 4, withCount: true }, gone.signal);
      await someoneWaits(test, '%count(*)%chat_messages%');
      gone.abort();
      await expect(asked).rejects.toThrow(ReadCancelledError);
    });
  });

  it('is of the whole query on every page', async () => {
    const search = new MessageSearch(database, new RetentionClock(30));
    const { nextCursor } = await search.find({ q: 'word', limit: 90, withCount: true });
    const page = await search.find({ q: 'word', limit: 90, withCount: true, cursor: nextCursor ?? '' });
    expect(page.items).toHaveLength(10);
    expect(page.count).toEqual({ value: 100, relation: 'exact' });
  });
});
