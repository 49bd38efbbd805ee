import fc from 'fast-check';
import { messageAt } from '../../test/history.js';
import { createSearchedHistory, searchedAt, type SearchedHistory } from '../../test/searched-history.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import type { Message } from '../message.js';
import { InvalidCursorError } from '../message-store.errors.js';
import { type MessageSearch, type MessageSearchQuery } from './message-search.js';
import { SessionList } from './session-list.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const propertyTimeoutMs = 120_000 + numRuns * 50;

let history: SearchedHistory;
let search: MessageSearch;

beforeAll(async () => {
  history = await createSearchedHistory();
  search = history.search;
});
afterAll(() => history.drop());

function said(content: string, at: string, rest: Partial<Message> = {}): Message {
  return { ...messageAt(new Date(at), 'a session'), content, ...rest };
}

async function contents(query: Partial<MessageSearchQuery>): Promise<string[]> {
  const { items } = await search.find({ limit: 50, ...query });
  return items.map(({ message }) => message.content);
}

/** Every page until the last, and how many there were. */
async function allPages(query: MessageSearchQuery): Promise<{ ids: string[]; sizes: number[] }> {
  const ids: string[] = [];
  const sizes: number[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await search.find(cursor ? { ...query, cursor } : query);
    ids.push(...page.items.map(({ message }) => message.id));
    sizes.push(page.items.length);
    cursor = page.nextCursor;
  }
  return { ids, sizes };
}

describe('a search', () => {
  beforeAll(() =>
    history.keepOnly([
      said('我要退款，谢谢', '2026-11-20T11:00:00Z'),
      said('Your refund for ORD-12345 is on its way', '2026-11-19T11:00:00Z', {
        role: 'agent',
        agentId: 'ann',
        agentName: 'Ann',
      }),
      said('No refunds', '2026-11-02T11:00:00Z', { sessionName: 'another session', role: 'assistant' }),
      said('Refund was cut', '2026-10-25T11:00:00Z', { role: 'assistant', status: 'interrupted' }),
      said('Expired refund', '2026-10-21T11:59:59.999Z'),
    ]),
  );

  it('finds words of every day that is kept, newest first, and marks them', async () => {
    const { items, nextCursor } = await search.find({ q: 'refund', limit: 50 });
    expect(nextCursor).toBeNull();
    expect(
      items.map(({ segments }) => segments.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('')),
    ).toEqual(['Your [refund] for ORD-12345 is on its way', 'No [refunds]', '[Refund] was cut']);
    expect(items[0]?.message).toMatchObject({
      role: 'agent',
      agentId: 'ann',
      agentName: 'Ann',
      sessionName: 'a session',
    });
  });

  it.each([
    ['退款', 1],
    ['要退', 1],
    ['款', 1],
    ['12345', 1],
    ['ord-12*', 1],
    ['refund -ord-12345', 2],
    ['refund -12345', 2],
    ['-refund', 1],
    ['退款 or refund', 4],
    ['  ', 4],
    ['', 4],
    ['！？ "" -', 0],
  ])('for %j finds %d', async (q, count) => {
    expect(await contents({ q })).toHaveLength(count);
  });

  it.each([
    [{ sessionName: 'another session' }, ['No refunds']],
    [{ role: 'agent' }, ['Your refund for ORD-12345 is on its way']],
    [{ role: 'assistant', q: 'refund' }, ['No refunds', 'Refund was cut']],
    [{ agentId: 'ann' }, ['Your refund for ORD-12345 is on its way']],
    [{ status: 'interrupted' }, ['Refund was cut']],
    [
      { from: new Date('2026-11-19T11:00:00Z') },
      ['我要退款，谢谢', 'Your refund for ORD-12345 is on its way'],
    ],
    [{ to: new Date('2026-11-02T11:00:00Z') }, ['Refund was cut']],
    [{ from: new Date('2020-01-01'), to: new Date('2026-10-22') }, []],
    [{ sessionName: 'no such session' }, []],
    [{ agentId: '\0' }, []],
  ] as const)('narrowed to %j finds %j', async (filter, expected) => {
    expect(await contents(filter)).toEqual(expected);
  });

  it('answers any operators, quotes and punctuation', async () => {
    const queries = [
      ...'"\'-*&|!<>:()\\',
      ...['""', "''", '--', '-"', '"-"', '"*"', '-*', '**', '* *', '- -', '!!', '<->', '<0>', ':*', 'a:*', 'a:A', '&&', '||'],
      ...['a & b', 'a | b', '!a', '(a', 'a)', "'; drop table chat_messages --", '\\', '\\"', '“', '”“', '「', '」「a', '＂', '－', '＊'],
      ...['or', 'or or', '-or', 'or*', 'a or', 'or a', 'a or or b', '"or"', '\0', '\ud800', '%', '_', '$1', '\u202e', '<b>x</b>'],
    ]; // prettier-ignore
    expect(queries.length).toBeGreaterThan(40);
    for (const q of queries)
      expect((await search.find({ q, limit: 50 })).items.length).toBeLessThanOrEqual(4);
  });
});

describe('pages', () => {
  it('have neither gap nor repetition through messages of the same millisecond and of many days', async () => {
    const times = [
      '2026-11-20T11:00:00.001Z',
      '2026-11-20T11:00:00Z',
      '2026-11-19T00:00:00Z',
      '2026-11-01T00:00:00Z',
    ];
    const messages = times.flatMap((time) => Array.from({ length: 7 }, (_, n) => said(`tie ${n}`, time)));
    await history.keepOnly(messages);
    const newestFirst = messages
      .map(({ createdAt, id }) => ({ key: createdAt.toISOString() + id, id }))
      .sort((a, b) => (a.key < b.key ? 1 : -1))
      .map(({ id }) => id);
    for (const limit of [1, 3, 7, 14, 27, 28, 29]) {
      for (const q of ['tie', undefined]) {
        const { ids, sizes } = await allPages({ limit, ...(q && { q }) });
        expect(ids).toEqual(newestFirst);
        expect(sizes).toHaveLength(Math.ceil(28 / limit));
      }
    }
  });

  it('end at 4 MiB of text, but never without a message', async () => {
    const long = `long ${'x '.repeat(1_048_576 / 2 - 5)}`;
    await history.keepOnly([
      ...Array.from({ length: 6 }, (_, n) => said(long, `2026-11-20T11:00:0${n}Z`)),
      ...Array.from({ length: 6 }, (_, n) => said(long, `2026-11-18T11:00:0${n}Z`)),
      said('long', '2026-11-17T11:00:00Z'),
    ]);
    const { ids, sizes } = await allPages({ q: 'long', limit: 200 });
    expect(new Set(ids).size).toBe(13);
    expect(sizes).toEqual([4, 4, 5]);
  });

  it('refuse a cursor of another query', async () => {
    await history.keepOnly([said('a', '2026-11-20T11:00:00Z'), said('a', '2026-11-20T11:00:01Z')]);
    const { nextCursor } = await search.find({ q: 'a', limit: 1 });
    const cursor = nextCursor ?? '';
    await expect(search.find({ q: 'b', limit: 1, cursor })).rejects.toThrow(InvalidCursorError);
    await expect(search.find({ q: 'a', role: 'user', limit: 1, cursor })).rejects.toThrow(InvalidCursorError);
    expect((await search.find({ q: 'a', limit: 5, cursor })).items).toHaveLength(1);
  });
});

describe('a message that the index could not read', () => {
  beforeAll(async () => {
    await history.keepOnly([
      said('zzzz', '2026-11-20T11:00:00Z'),
      said('unread', '2026-11-20T10:00:00Z'),
      said('read', '2026-11-20T09:00:00Z'),
      said('unread long ago', '2026-11-01T09:00:00Z', { sessionName: 'another session' }),
    ]);
    await history.database.query(`update chat_messages set content_tsv = null where content like 'unread%'`);
  });

  it.each([
    [{ q: '-zzzz' }, ['unread', 'read', 'unread long ago']],
    [{ q: '-zzzz', order: 'oldest' }, ['unread long ago', 'read', 'unread']],
    [{ q: '-zzzz', order: 'relevance' }, ['unread', 'read', 'unread long ago']],
    [{ q: '-zzzz -read' }, ['unread', 'unread long ago']],
    [{ q: '-zzzz or -read' }, ['zzzz', 'unread', 'read', 'unread long ago']],
    [{ q: '-zzzz', sessionName: 'a session' }, ['unread', 'read']],
    [{ q: 'read' }, ['read']],
    [{ q: 'read -zzzz' }, ['read']],
  ] as const)('is in the list for %j only if that asks for no word', async (query, expected) => {
    expect(await contents(query)).toEqual(expected);
    const { count } = await search.find({ ...query, limit: 1, withCount: true });
    expect(count).toEqual({ value: expected.length, relation: 'exact' });
  });
});

describe('what is found', () => {
  /** Parts of messages and of queries. Each stands here as it is compared: without case, accent and plural. */
  const parts: Record<string, string> = {
    refund: 'refund', Refunds: 'refund', late: 'late', LATE: 'late', Räder: 'rader', rader: 'rader',
    'ORD-12': 'ord 12', 'ord 12': 'ord 12', '12': '12', '123': '123', 'a@b.example': 'a b example',
    退: '退', 退款: '退款', 要退款: '要退款', 款: '款', 退款退: '退款退', カード: 'カード', 환불: '환불', 'D4S電池': 'd4s 電池',
  }; // prettier-ignore
  const part = fc.constantFrom(...Object.keys(parts));
  const gap = fc.constantFrom(' ', '', '-', '，', '. ');
  const message = fc.array(fc.tuple(part, gap), { minLength: 1, maxLength: 5 });

  const isCjk = (character: string | undefined) =>
    /[\p{sc=Han}\p{sc=Katakana}\p{sc=Hangul}ー]/u.test(character ?? '');

  /** Normalised as a whole: a gap of nothing joins CJK to CJK and Latin to Latin. */
  function normal(text: string): string {
    return text
      .normalize('NFD').replace(/(?![\u3099\u309a])\p{M}/gu, '').normalize('NFC').toLowerCase()
      .replace(/[^\p{L}\p{N}ー]+/gu, ' ')
      .replace(/(?<=[^ \p{ASCII}])(?=\p{ASCII})|(?<=\p{ASCII})(?=[^ \p{ASCII}])/gu, ' ')
      .replace(/ +/g, ' ').trim()
      .replace(/\brefunds\b/g, 'refund');
  } // prettier-ignore

  /** Looks for the phrase from one border of a word to the next; CJK has none inside a run. */
  function has(content: string, phrase: string, isPrefix: boolean): boolean {
    const begin = isCjk(phrase[0]) ? '' : ' ';
    const end = isPrefix || isCjk(phrase.at(-1)) ? '' : ' ';
    return ` ${content} `.includes(begin + phrase + end);
  }

  const item = fc.record({
    text: fc.oneof(
      part,
      fc.tuple(part, part).map((two) => two.join(' ')),
    ),
    quoted: fc.boolean(),
    negated: fc.boolean(),
    star: fc.boolean(),
  });
  const query = fc.array(fc.array(item, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 });

  it(
    'is what a look at every message finds, and is marked',
    async () => {
      const messages = fc
        .sample(message, { numRuns: 150, seed: 7 })
        .map((pieces, n) =>
          said(pieces.flat().join(''), new Date(Date.UTC(2026, 10, 20, 0, 0, n)).toISOString()),
        );
      await history.keepOnly(messages);
      const looked = messages.map((one) => ({ id: one.id, text: normal(one.content) }));

      await fc.assert(
        fc.asyncProperty(query, async (groups) => {
          const asked = groups.map((items) =>
            items.map(({ text, quoted, negated, star }) => {
              const needsQuotes = quoted || text.includes(' ');
              const typed = needsQuotes ? `"${text}"` : text + (star ? '*' : '');
              return {
                typed: (negated ? '-' : '') + typed,
                phrase: normal(text),
                isPrefix: star && !needsQuotes,
                negated,
              };
            }),
          );
          const q = asked.map((items) => items.map(({ typed }) => typed).join(' ')).join(' or ');
          const expected = looked
            .filter(({ text }) =>
              asked.some((items) =>
                items.every((one) => has(text, one.phrase, one.isPrefix) !== one.negated),
              ),
            )
            .map(({ id }) => id);
          const { items } = await search.find({ q, limit: 200 });
          expect([q, items.map(({ message }) => message.id).sort()]).toEqual([q, expected.sort()]);
          if (asked.flat().some(({ negated }) => negated)) return;
          for (const { segments } of items) expect(segments.some(({ hit }) => hit)).toBe(true);
        }),
        { numRuns },
      );
    },
    propertyTimeoutMs,
  );
});

it('a message of a clock ahead is found for as long as the store takes such messages', async () => {
  const ahead = said('ahead', '2026-11-22T23:59:59.999Z');
  await history.keepOnly([ahead, said('now', '2026-11-20T12:00:00Z')]);
  expect(await contents({})).toEqual(['ahead', 'now']);
  expect(await contents({ q: 'ahead' })).toEqual(['ahead']);
  const list = new SessionList(history.database, new StoppedClock(searchedAt));
  const { items } = await list.find({ limit: 5 });
  expect(items.map(({ lastMessageAt }) => lastMessageAt)).toEqual([ahead.createdAt]);
});
