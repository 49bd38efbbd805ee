import fc from 'fast-check';
import { messageAt, write } from '../../test/history.js';
import { createSearchedHistory, type SearchedHistory } from '../../test/searched-history.js';
import type { Message } from '../message.js';
import { InvalidCursorError } from '../message-store.errors.js';
import { filterSql } from './message-filter.js';
import {
  type MessageSearch,
  type MessageSearchPage,
  type MessageSearchQuery,
  type SearchOrder,
} from './message-search.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const propertyTimeoutMs = 120_000 + numRuns * 100;

let history: SearchedHistory;
let search: MessageSearch;

beforeAll(async () => {
  history = await createSearchedHistory();
  search = history.search;
});
afterAll(() => history.drop());

const dayMs = 86_400_000;
const noon = Date.parse('2026-11-20T11:00:00Z');

/** @param age in milliseconds. */
function said(content: string, age: number, rest: Partial<Message> = {}): Message {
  return { ...messageAt(new Date(noon - age), 'a session'), content, ...rest };
}

interface Found {
  ids: string[];
  pages: MessageSearchPage[];
}

/** Every page until the last. @param between runs before each page but the first. */
async function everyPage(query: MessageSearchQuery, between?: () => Promise<void>): Promise<Found> {
  const found: Found = { ids: [], pages: [] };
  for (let cursor: string | null | undefined; cursor !== null;) {
    if (cursor) await between?.();
    const page = await search.find(cursor ? { ...query, cursor } : query);
    found.ids.push(...page.items.map(({ message }) => message.id));
    found.pages.push(page);
    cursor = page.nextCursor;
  }
  return found;
}

const newestFirst = (one: Message, other: Message) =>
  other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1);
const idsOf = (messages: readonly Message[]) => messages.map(({ id }) => id);

describe('any query in any order', () => {
  /** Some everywhere, some only lately, some only long ago, some together and some never. */
  const texts = [
    'all rare',
    'all',
    'all late',
    'all early',
    'one two',
    'two one',
    'one',
    'two',
    '退款申请',
    '退款',
    '',
  ];
  const roles = ['user', 'assistant', 'agent'] as const;
  const items = [
    'all',
    'rare',
    'late',
    'early',
    'one',
    'two',
    '"one two"',
    '-all',
    '-one',
    '退款',
    '退款申请',
    '款',
    'e*',
    'none',
  ];
  let kept: Message[];

  beforeAll(async () => {
    kept = fc
      .sample(
        fc.record({
          age: fc.integer({ min: 0, max: 25 * dayMs }),
          text: fc.nat(texts.length - 1),
          role: fc.constantFrom(...roles),
          session: fc.nat(20),
          status: fc.constantFrom('complete', 'complete', 'complete', 'failed'),
        }),
        { numRuns: 3_000, seed: 4 },
      )
      .map(({ age, text, role, session, status }) =>
        said(textAt(age, text), age < dayMs ? 0 : age, {
          role,
          status,
          sessionName: `session ${session}`,
          agentId: role === 'agent' ? `agent ${session % 3}` : null,
        }),
      );
    await history.keepOnly(kept);
    await history.database.query('analyze chat_messages');
  });

  function textAt(age: number, text: number): string {
    const chosen = texts[text] ?? '';
    if (chosen === 'all late') return age < 3 * dayMs ? chosen : 'all';
    return chosen === 'all early' ? (age > 20 * dayMs ? chosen : 'all') : chosen;
  }

  const optional = <Value>(values: fc.Arbitrary<Value>) => fc.option(values, { nil: undefined, freq: 2 });
  const query = fc.record({
    q: optional(
      fc
        .array(fc.constantFrom(...items, 'or'), { minLength: 1, maxLength: 4 })
        .map((parts) => parts.join(' ')),
    ),
    sessionName: optional(fc.nat(20).map((session) => `session ${session}`)),
    role: optional(fc.constantFrom(...roles)),
    agentId: optional(fc.constantFrom('agent 0', 'agent 1', 'nobody')),
    status: optional(fc.constantFrom('failed', 'interrupted', 'complete' as const)),
    from: optional(fc.nat(25 * dayMs).map((age) => new Date(noon - age))),
    to: optional(fc.nat(25 * dayMs).map((age) => new Date(noon - age))),
  });

  it(
    'finds what one look at all messages finds, page for page',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          query,
          fc.constantFrom<SearchOrder>('newest', 'oldest'),
          fc.integer({ min: 5, max: 200 }),
          async (asked, order, limit) => {
            const filter = Object.fromEntries(
              Object.entries(asked).filter(([, value]) => value !== undefined),
            );
            const values: unknown[] = [asked.from ?? new Date(0), asked.to ?? new Date('2100-01-01')];
            const conditions = filterSql(filter, (value) => `$${values.push(value)}`);
            const expected = await history.database.query<{ id: string }>(
              `select id from chat_messages m where created_at >= $1 and created_at < $2
               ${conditions.map((condition) => `and ${condition}`).join(' ')}
               order by created_at ${order === 'newest' ? 'desc' : ''}, id ${order === 'newest' ? 'desc' : ''}`,
              values,
            );
            const { ids, pages } = await everyPage({ ...filter, order, limit, withCount: true });
            expect([filter, ids]).toEqual([filter, expected.map(({ id }) => id)]);
            const count =
              ids.length < 1_000
                ? { value: ids.length, relation: 'exact' }
                : { value: 1_000, relation: 'at_least' };
            for (const page of pages) expect(page.count).toEqual(count);
          },
        ),
        { numRuns },
      );
    },
    propertyTimeoutMs,
  );
});

describe('oldest first', () => {
  it('begins where the retention does, and its cursor is refused in another order', async () => {
    await history.keepOnly([0, 1, 10, 29, 31].map((days) => said('word', days * dayMs)));
    const page = await search.find({ q: 'word', order: 'oldest', limit: 2 });
    expect(page.items.map(({ message }) => (noon - message.createdAt.getTime()) / dayMs)).toEqual([29, 10]);
    const cursor = page.nextCursor ?? '';
    for (const order of [undefined, 'newest', 'relevance'] as const) {
      const again = { q: 'word', limit: 2, cursor, ...(order && { order }) };
      await expect(search.find(again)).rejects.toThrow(InvalidCursorError);
    }
    expect((await search.find({ q: 'word', order: 'oldest', limit: 2, cursor })).items).toHaveLength(2);
  });
});

describe('by relevance', () => {
  it('puts first what says the words often and near to each other, and of equals the newest', async () => {
    const messages = [
      said('lamp and a long way to go before one comes to the word that is broken', 1_000),
      said('broken lamp', 50_000),
      said('the lamp', 2_000),
      said('broken lamp', 40 * 60_000),
      said('broken lamp, lamp broken, broken lamp', 9 * dayMs),
    ];
    await history.keepOnly(messages);
    const { items, ranked, nextCursor } = await search.find({
      q: 'broken lamp',
      order: 'relevance',
      limit: 9,
    });
    const expected = [4, 1, 3, 0].map((at) => messages[at]?.content);
    expect(items.map(({ message }) => message.content)).toEqual(expected);
    expect(items[1]?.message.id).toBe(messages[1]?.id);
    expect(items.every(({ segments }) => segments.some(({ hit }) => hit))).toBe(true);
    expect([ranked, nextCursor]).toEqual([{ hits: 4, isAll: true }, null]);
  });

  const repeated = (count: number) => 'word '.repeat(count);

  it('ranks the newest 1,000 and says so; what is said between two pages shifts nothing', async () => {
    const messages = Array.from({ length: 1_100 }, (_, at) => said(repeated(1 + ((at * 7) % 5)), 1_000 * at));
    await history.keepOnly(messages);
    let round = 0;
    const { ids, pages } = await everyPage(
      { q: 'word', order: 'relevance', limit: 150, withCount: true },
      async () => {
        round += 1;
        await write(history.database, [
          said(repeated(5), -60_000 * round, { sessionName: 'later' }),
          said(repeated(5), 500_500 + round, { sessionName: 'replayed' }),
        ]);
      },
    );
    const ranked = messages.slice(0, 1_000);
    const seen = ids.filter((id) => messages.some((message) => message.id === id));
    expect(new Set(ids).size).toBe(ids.length);
    expect(seen.sort()).toEqual(idsOf(ranked).sort());
    for (const page of pages) {
      expect(page.ranked).toEqual({ hits: 1_000, isAll: false });
      expect(page.count).toEqual({ value: 1_000, relation: 'at_least' });
    }
    const times = pages[0]?.items.map(({ message }) => message.createdAt.getTime()) ?? [];
    expect(times).toEqual([...times].sort((one, other) => other - one));
  });

  it.each([1, 7, 30])('has no hit twice and none missing in pages of %d', async (limit) => {
    const messages = Array.from({ length: 60 }, (_, at) => said(repeated(1 + (at % 3)), (at % 20) * dayMs));
    await history.keepOnly(messages);
    const { ids, pages } = await everyPage({ q: 'word', order: 'relevance', limit });
    const whole = await search.find({ q: 'word', order: 'relevance', limit: 200 });
    expect(ids).toEqual(whole.items.map(({ message }) => message.id));
    expect([...ids].sort()).toEqual(idsOf(messages).sort());
    expect(pages).toHaveLength(Math.ceil(60 / limit));
    expect(pages.at(-1)?.ranked).toEqual({ hits: 60, isAll: true });
  });

  it('takes two messages of two sessions for two, though they have one id', async () => {
    const one = said('word', 0);
    await history.keepOnly([one, { ...one, sessionName: 'another session' }]);
    const { items } = await search.find({ q: 'word', order: 'relevance', limit: 5 });
    expect(items.map(({ message }) => message.sessionName).sort()).toEqual(['a session', 'another session']);
  });

  it('ends a page at 4 MiB of text, but never without a message', async () => {
    const long = `word ${'x '.repeat(1_048_576 / 2 - 5)}`;
    await history.keepOnly([
      ...[1, 2, 3, 4, 5, 6].map((at) => said(long, at * 5 * dayMs - dayMs)),
      said('word', 0),
    ]);
    const { ids, pages } = await everyPage({ q: 'word', order: 'relevance', limit: 200 });
    expect(pages.map(({ items }) => items.length)).toEqual([5, 2]);
    expect(new Set(ids).size).toBe(7);
  });

  it('is the order of time for a query that only says what a message must not have', async () => {
    const messages = [said('a', 0), said('b', 1_000), said('a b', 2_000), said('a a', dayMs)];
    await history.keepOnly(messages);
    const page = await search.find({ q: '-b', order: 'relevance', limit: 1 });
    expect(page.ranked).toBeUndefined();
    const { ids } = await everyPage({ q: '-b', order: 'relevance', limit: 1 });
    expect(ids).toEqual(idsOf(messages.filter(({ content }) => !content.includes('b')).sort(newestFirst)));
  });

  it('finds nothing for nothing', async () => {
    await history.keepOnly([said('a', 0)]);
    const nothing = { items: [], nextCursor: null, count: { value: 0, relation: 'exact' } };
    for (const q of ['?!', 'b', 'b -a']) {
      const { ranked, ...page } = await search.find({ q, order: 'relevance', limit: 5, withCount: true });
      expect(page).toEqual(nothing);
      expect(ranked).toEqual(q === '?!' ? undefined : { hits: 0, isAll: true });
    }
  });
});
