import { ExplainingDatabase, type ExplainedStatement } from '../../test/explaining-database.js';
import { fillMonth, longSession } from '../../test/month-of-messages.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import { begun, idempotency, turn } from '../../test/turns.js';
import { silent } from '../../test/history.js';
import type { Database } from '../database.js';
import { statementsOf } from '../export/message-stream.js';
import { ExpiredRows } from '../retention/expired-rows.js';
import { SessionRecount } from '../retention/session-recount.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { BoundedAsking } from '../turns/bounded-asking.js';
import { TurnLedger } from '../turns/turn-ledger.js';
import { QuarterCounting } from '../statistics/quarter-counting.js';
import { MessageSearch, type MessageSearchQuery } from './message-search.js';
import { MessageStatistics, type StatisticsQuery } from './message-statistics.js';
import { SessionList, type SessionListQuery } from './session-list.js';
import { Transcript, type TranscriptQuery } from './transcript.js';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/**
 * Shortly before yesterday's end, between two quarters, so that each day has more messages than a plan hides the limit
 * of: PostgreSQL reads smaller ones in turn, so plans would depend on the hour at which this runs.
 */
const now = Math.floor(Date.now() / dayMs) * dayMs - 0.1 * hourMs;
/** From its second hour on. */
const oldestDay = new Date(Math.ceil(now / dayMs) * dayMs - 30 * dayMs);
const ago = (days: number, hours = 0) => new Date(now - days * dayMs + hours * hourMs);

let test: TestDatabase;
let database: ExplainingDatabase;
let list: SessionList;
let transcript: Transcript;
let search: MessageSearch;
const clock = new StoppedClock(new Date(now));

beforeAll(async () => {
  test = await createTestDatabase();
  await fillMonth(test, new Date(now));
  database = new ExplainingDatabase(test.url);
  await database.connect();
  list = new SessionList(database, clock);
  transcript = new Transcript(database, clock);
  search = new MessageSearch(database, clock, 60_000);
}, 120_000);
afterAll(async () => {
  await database.close();
  await test.drop();
});
beforeEach(() => void database.takeStatements());

/** A day has some 3,300: nobody reads so many of one in turn. */
const fewRows = 1_000;

interface Bounds {
  /** Of all statements together. */
  readonly buffers: number;
  /** How many days' partitions are read. */
  readonly days: number;
  /** A part of the name of an index that is used; where several would do, none is named. */
  readonly index?: string;
}

function dayOf(relation = ''): string[] {
  return /^chat_messages_p(\d{8})$/.exec(relation)?.slice(1) ?? [];
}

function expectPlans(statements: readonly ExplainedStatement[], bounds: Bounds): void {
  const scans = statements.flatMap((statement) => statement.scans);
  const days = new Set(scans.flatMap(({ relation, rows }) => (rows > 0 ? dayOf(relation) : [])));
  const buffers = statements.reduce((sum, statement) => sum + statement.buffers, 0);
  const locks = Math.max(...statements.map((statement) => statement.locks));
  const whole = statements.flatMap((statement) => statement.readInTurn).filter(({ rows }) => rows > fewRows);

  expect(whole).toEqual([]);
  expect(locks).toBeLessThanOrEqual(150);
  if (bounds.index)
    expect(scans.map(({ index }) => index)).toContainEqual(expect.stringContaining(bounds.index));
  expect(buffers).toBeLessThanOrEqual(bounds.buffers);
  expect(days.size).toBeLessThanOrEqual(bounds.days);
}

describe('the plan of a page of sessions', () => {
  const atThree = (daysAgo: number) => new Date(oldestDay.getTime() + (29 - daysAgo) * dayMs + 3 * hourMs);
  const hour: SessionListQuery = {
    limit: 50,
    from: atThree(20),
    to: new Date(atThree(20).getTime() + hourMs),
  };
  const day: SessionListQuery = { limit: 50, from: atThree(10), to: atThree(9) };
  const days: SessionListQuery = { limit: 50, from: atThree(25), to: atThree(5) };
  const latest = 'chat_sessions_last_message_at_idx';
  const inTime = 'created_at_id_idx';

  it.each<[string, number, SessionListQuery, Bounds]>([
    ['the latest, first', 1, { limit: 50 }, { buffers: 80, days: 0, index: latest }],
    ['the latest, 40th', 40, { limit: 50 }, { buffers: 80, days: 0, index: latest }],
    ['since a week ago', 1, { limit: 50, from: ago(7) }, { buffers: 80, days: 0, index: latest }],
    ['one hour 20 days back', 1, hour, { buffers: 600, days: 2, index: inTime }],
    ['one day, first', 1, day, { buffers: 800, days: 2, index: inTime }],
    ['one day, third', 3, day, { buffers: 800, days: 2, index: inTime }],
    ['20 days that ended, first', 1, days, { buffers: 800, days: 2, index: inTime }],
    ['20 days that ended, 40th', 40, days, { buffers: 800, days: 4, index: inTime }],
  ])('%s', async (_, pages, query, bounds) => {
    let cursor: string | null | undefined;
    for (let page = 1; page <= pages; page++) {
      database.takeStatements();
      ({ nextCursor: cursor } = await list.find({ ...query, ...(cursor ? { cursor } : {}) }));
    }
    expectPlans(database.takeStatements(), bounds);
  });
});

describe('the plan of a page of a transcript', () => {
  const index = 'chat_messages_p';

  it.each<[string, Partial<TranscriptQuery>, Bounds]>([
    ['its beginning', {}, { buffers: 150, days: 3, index }],
    ['its end', { around: 'latest' }, { buffers: 150, days: 3, index }],
    ['its middle', { around: 'middle' }, { buffers: 150, days: 3, index }],
    ['after a page', { cursor: 'next' }, { buffers: 150, days: 3, index }],
  ])('of a month, %s', async (_, asked, bounds) => {
    const query = { sessionName: longSession, limit: 50 };
    const first = await transcript.find(query);
    const [middle] = await test.query<{ id: string }>(
      `select id from chat_messages where session_name = $1 and created_at > $2 order by created_at limit 1`,
      [longSession, ago(15)],
    );
    database.takeStatements();
    const page = await transcript.find({
      ...query,
      ...asked,
      ...(asked.cursor ? { cursor: first.nextCursor ?? '' } : {}),
      ...(asked.around === 'middle' ? { around: middle?.id ?? '' } : {}),
    });
    expect(page.items).toHaveLength(50);
    expectPlans(database.takeStatements(), bounds);
  });

  it('of a chat', async () => {
    await transcript.find({ sessionName: 'session 4001', limit: 50 });
    expectPlans(database.takeStatements(), { buffers: 60, days: 2, index });
  });
});

describe('the plan of a page of hits', () => {
  const words = 'content_tsv_idx';
  const inTime = 'created_at_id_idx';
  const ofSession = '_pkey';
  const ofAgent = 'agent_id_created_at_id_idx';
  const ofAgents = 'created_at_id_idx1';
  const ofStatus = 'status_created_at_id_idx';
  const query = (rest: Partial<MessageSearchQuery>): MessageSearchQuery => ({ limit: 50, ...rest });

  it.each<[string, Partial<MessageSearchQuery>, Bounds & { hits: number }]>([
    ['everything', {}, { buffers: 200, days: 2, index: inTime, hits: 50 }],
    ['a word that is everywhere', { q: 'everywhere' }, { buffers: 300, days: 2, index: inTime, hits: 50 }],
    ['a common word', { q: 'common' }, { buffers: 600, days: 2, hits: 50 }],
    ['two common words', { q: 'common often' }, { buffers: 1_000, days: 2, hits: 50 }],
    ['a phrase', { q: '"common often"' }, { buffers: 1_000, days: 2, hits: 50 }],
    [
      'a phrase that nobody said',
      { q: '"often common"' },
      { buffers: 8_000, days: 31, index: words, hits: 0 },
    ],
    ['a rare word', { q: 'rareword' }, { buffers: 600, days: 31, index: words, hits: 10 }],
    ['a code by its number', { q: '77012' }, { buffers: 600, days: 31, index: words, hits: 20 }],
    ['a word of the oldest day alone', { q: 'onlyold' }, { buffers: 900, days: 31, index: words, hits: 50 }],
    ['a word that nobody said', { q: 'nowhere' }, { buffers: 600, days: 31, index: words, hits: 0 }],
    ['two characters', { q: '退款' }, { buffers: 900, days: 2, hits: 50 }],
    ['one character', { q: '退' }, { buffers: 900, days: 2, hits: 50 }],
    ['a beginning', { q: 'rarew*' }, { buffers: 900, days: 31, index: words, hits: 10 }],
    ['all but a rare word', { q: '-rareword' }, { buffers: 400, days: 2, hits: 50 }],
    [
      'a word in a session',
      { q: 'often', sessionName: longSession },
      { buffers: 900, days: 31, index: ofSession, hits: 50 },
    ],
    ['a role', { role: 'user' }, { buffers: 400, days: 2, index: inTime, hits: 50 }],
    ['what agents said', { role: 'agent' }, { buffers: 600, days: 31, index: ofAgents, hits: 5 }],
    [
      'what agents said without a word',
      { role: 'agent', q: '-rareword' },
      { buffers: 600, days: 31, index: ofAgents, hits: 5 },
    ],
    ['an agent', { agentId: 'agent-7' }, { buffers: 600, days: 31, index: ofAgent, hits: 5 }],
    ['a status', { status: 'failed' }, { buffers: 600, days: 31, index: ofStatus, hits: 7 }],
    [
      'a word of an agent',
      { q: 'everywhere', agentId: 'agent-7' },
      { buffers: 900, days: 31, index: ofAgent, hits: 5 },
    ],
    [
      'a word on one day',
      { q: 'rareword', from: ago(12), to: ago(11) },
      { buffers: 60, days: 2, index: words, hits: 1 },
    ],
    [
      'the oldest with a word',
      { q: 'everywhere', order: 'oldest', from: oldestDay },
      { buffers: 400, days: 2, hits: 50 },
    ],
    [
      'the oldest with a rare word',
      { q: 'rareword', order: 'oldest' },
      { buffers: 600, days: 31, index: words, hits: 10 },
    ],
    [
      'the best with a common word',
      { q: 'common', order: 'relevance' },
      { buffers: 2_500, days: 3, hits: 50 },
    ],
    ['a common word, counted', { q: 'common', withCount: true }, { buffers: 2_500, days: 3, hits: 50 }],
    [
      'a rare word, counted',
      { q: 'rareword', withCount: true },
      { buffers: 600, days: 31, index: words, hits: 10 },
    ],
  ])('%s', async (_, asked, { hits, ...bounds }) => {
    const page = await search.find(query(asked));
    expect(page.items.length).toBe(hits);
    expectPlans(database.takeStatements(), bounds);
  });
});

describe('the plan of what a turn asks', () => {
  it.each([
    ['a chat', 'session 8001', 12],
    ['a session that lasts for weeks', longSession, 20],
  ])('of %s, with its context', async (_, sessionName, contextMessages) => {
    const asking = new BoundedAsking(
      database as unknown as Database,
      () => Promise.resolve(),
      60_000,
      silent,
    );
    const ledger = new TurnLedger(asking, database, clock);
    const request = { sessionName, contextMessages, contextCharacters: 100_000 };
    // A connection reads about tables and functions once.
    await ledger.begin(turn({ ...request, sessionName: 'session 4001' }));
    database.takeStatements();
    const beginning = await ledger.begin(turn({ ...request, idempotency: idempotency() }));
    expect(begun(beginning).context).toHaveLength(contextMessages);
    expectPlans(database.takeStatements(), { buffers: 200, days: 2 });
  });
});

describe('the plan of an export', () => {
  it('takes the days in turn, so that its first rows wait for no more than one day', async () => {
    const { select } = statementsOf({ filter: {}, order: 'time', withMetadata: false }, clock);
    await database.query(select.sql, select.parameters);
    const [statement] = database.takeStatements();
    expect(statement).toMatchObject({ node: 'Append' });
  });

  it('of one session takes that session through its key, in either order', async () => {
    for (const order of ['time', 'session'] as const) {
      const { count, select } = statementsOf(
        { filter: { sessionName: 'session 4001' }, order, withMetadata: true },
        clock,
        100_000,
      );
      await database.query(count.sql, count.parameters);
      await database.query(select.sql, select.parameters);
      for (const { buffers, scans, readInTurn } of database.takeStatements()) {
        expect(readInTurn).toEqual([]);
        expect(scans.map(({ index }) => index)).toContainEqual(expect.stringContaining('_pkey'));
        expect(buffers).toBeLessThanOrEqual(200);
      }
    }
  });

  it('session by session reads each message once, whether merged from the days or sorted', async () => {
    const { select } = statementsOf({ filter: {}, order: 'session', withMetadata: false }, clock);
    await database.query(select.sql, select.parameters);
    const [statement] = database.takeStatements();
    expect(['Merge Append', 'Sort', 'Gather Merge', 'Incremental Sort']).toContain(statement?.node);
    const read = statement?.scans.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
    const [kept] = await test.query<{ count: number }>('select count(*)::int from chat_messages');
    expect(read).toBeLessThanOrEqual(kept?.count ?? 0);
  });

  it('counts through an index, and no further than it must', async () => {
    const { count } = statementsOf({ filter: {}, order: 'time', withMetadata: false }, clock, 5_000);
    await database.query(count.sql, count.parameters);
    const [statement] = database.takeStatements();
    expect(statement?.scans.reduce((sum, { rows }) => sum + rows, 0)).toBe(5_001);
  });
});

describe('the plan of statistics', () => {
  const zone = { timeZone: 'Asia/Kolkata', interval: 'day' } as const;
  const quarterMs = hourMs / 4;

  beforeAll(async () => {
    // As many rows as a counting keeps, with less in them: to count a month takes half a minute.
    await test.query(
      `
      insert into statistics_quarters
      select quarter, 15, 15, 4, 0, 0, 10, 15, 15000, 30, 1, quarter - interval '1 hour',
             array[quarter - interval '1 hour'], 2, 0, null, '{}', 5, 0, null, '{}', '{177,178}', '{8,7}', '[]'
      from generate_series($1::timestamptz, $2, interval '15 minutes') as quarter`,
      [
        new Date(Math.ceil((now - 30 * dayMs) / quarterMs) * quarterMs),
        new Date((Math.floor(now / quarterMs) - 2) * quarterMs),
      ],
    );
    await test.query('vacuum analyze statistics_quarters, statistics_days, statistics_marks');
  });

  it.each<[string, Pick<StatisticsQuery, 'from' | 'to'>, Bounds]>([
    ['a month', {}, { buffers: 12_000, days: 3, index: 'created_at_id_idx' }],
    ['a day', { from: ago(10), to: ago(9) }, { buffers: 3_000, days: 3, index: 'created_at_id_idx' }],
    ['an hour', { from: ago(10), to: ago(10, 1) }, { buffers: 1_500, days: 2, index: 'created_at_id_idx' }],
  ])('of %s that is counted reads a few minutes of messages', async (_, range, bounds) => {
    const { messages } = await new MessageStatistics(database, clock, 60_000).summarize({
      ...zone,
      ...range,
    });
    expect(messages).toBeGreaterThan(100);
    const statements = database.takeStatements();
    const ofMessages = statements.filter(({ scans }) => scans.some(({ relation }) => dayOf(relation).length));
    expectPlans(ofMessages, bounds);
    expect(Math.max(...statements.map(({ locks }) => locks))).toBeLessThanOrEqual(150);
  });

  it('that are counted looks at the quarter and what came before it', async () => {
    await test.query('delete from statistics_quarters where quarter_start > $1 and quarter_start <= $2', [
      ago(10),
      ago(10, 0.25),
    ]);
    const counting = new QuarterCounting(database as unknown as Database, {
      retentionDays: 30,
      now: () => new Date(now),
    });
    const { next } = await counting.uncounted({ limit: 1, except: [] });
    expect(await counting.count(next[0]!)).toBe(true);
    const statements = database.takeStatements();
    const ofMessages = statements.filter(({ scans }) => scans.some(({ relation }) => dayOf(relation).length));
    expectPlans(ofMessages, { buffers: 2_000, days: 3, index: 'created_at_id_idx' });
  });
});

describe('the plan of expiry', () => {
  const cutoff = new Date(oldestDay.getTime() + dayMs + 3 * hourMs);

  it('of a day, looks at that day', async () => {
    const expired = new ExpiredRows(database);
    expect(await expired.count(cutoff)).toBeGreaterThan(0);
    expect(await expired.delete(cutoff).next()).toMatchObject({ done: false });
    const [counting, ...deleting] = database.takeStatements();
    expectPlans(counting ? [counting] : [], { buffers: 100, days: 1, index: 'created_at_id_idx' });
    expectPlans(deleting, { buffers: 30_000, days: 1, index: 'created_at_id_idx' });
  });

  it('of sessions, looks for the next ones through their index', async () => {
    const recount = new SessionRecount(database as unknown as Database);
    await recount.run(cutoff).next();
    const [finding, locking] = database.takeStatements();
    expectPlans(finding ? [finding] : [], {
      buffers: 100,
      days: 0,
      index: 'chat_sessions_first_message_at_idx',
    });
    expectPlans(locking ? [locking] : [], { buffers: 1_000, days: 0, index: 'chat_sessions_pkey' });
  });
});
