import fc from 'fast-check';
import { messageAt, openDatabase, write } from '../../test/history.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { InvalidCursorError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { SessionList, type SessionListQuery } from './session-list.js';
import type { ChatSession } from './session-row.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const hourMs = 3_600_000;
const now = Date.now();

let test: TestDatabase;
let database: Database;
let list: SessionList;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  list = new SessionList(database, new RetentionClock(30));
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

/** @param betweenPages what happens after each page. */
async function everyPage(
  query: Omit<SessionListQuery, 'cursor'>,
  betweenPages?: () => Promise<unknown>,
): Promise<ChatSession[]> {
  const items: ChatSession[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list.find({ ...query, ...(cursor ? { cursor } : {}) });
    items.push(...page.items);
    cursor = page.nextCursor;
    await betweenPages?.();
  } while (cursor);
  return items;
}

/** The same list by brute force. */
function expectedList(messages: readonly Message[], from: Date, to: Date) {
  const last = new Map<string, Message>();
  const inOrder = [...messages].sort((a, b) => compare(keyOf(a), keyOf(b)));
  for (const message of inOrder) {
    if (message.createdAt >= from && message.createdAt < to) last.set(message.sessionName, message);
  }
  return [...last.values()]
    .sort((a, b) =>
      compare(b.createdAt.toISOString() + b.sessionName, a.createdAt.toISOString() + a.sessionName),
    )
    .map(({ sessionName, createdAt, role, content }) => ({ sessionName, createdAt, role, content }));
}

function keyOf(message: Message): string {
  return `${message.createdAt.toISOString()} ${message.id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function shownAs({ sessionName, lastMessageAt, lastRole, lastMessagePreview }: ChatSession) {
  return { sessionName, createdAt: lastMessageAt, role: lastRole, content: lastMessagePreview };
}

describe('the session list', () => {
  const messages: Message[] = [];
  beforeAll(async () => {
    // Few sessions and few moments, so that many messages share a time across pages.
    const random = fc.sample(
      fc.record({
        session: fc.integer({ min: 0, max: 40 }),
        hoursAgo: fc.integer({ min: 0, max: 29 * 24 }),
        role: fc.constantFrom('user', 'assistant', 'agent'),
      }),
      600,
    );
    for (const { session, hoursAgo, role } of random) {
      const createdAt = new Date(now - Math.ceil(hoursAgo / 24) * 24 * hourMs);
      messages.push({ ...messageAt(createdAt, `s${session}`, role), content: `${messages.length}` });
    }
    await write(test, messages);
  });

  it('holds each session once, latest first, on pages without gaps or repeats', async () => {
    const everything = expectedList(messages, new Date(0), new Date(now + hourMs));
    for (const limit of [1, 7, 200]) {
      expect((await everyPage({ limit })).map(shownAs)).toEqual(everything);
    }
  });

  it('is, for a range, by the last message within it', async () => {
    for (const [fromDays, toDays] of [
      [20, 10],
      [29, 28],
      [5, 0],
      [12, 11],
    ] as const) {
      const range = {
        from: new Date(now - fromDays * 24 * hourMs),
        to: new Date(now - toDays * 24 * hourMs),
      };
      const expected = expectedList(messages, range.from, range.to);
      expect((await everyPage({ ...range, limit: 9 })).map(shownAs)).toEqual(expected);
    }
  });

  it('counts the messages of each session by role', async () => {
    const [first] = (await list.find({ limit: 1 })).items;
    const own = messages.filter(({ sessionName }) => sessionName === first?.sessionName);
    expect(first).toMatchObject({
      messageCount: own.length,
      userCount: own.filter(({ role }) => role === 'user').length,
      assistantCount: own.filter(({ role }) => role === 'assistant').length,
      agentCount: own.filter(({ role }) => role === 'agent').length,
    });
  });

  it('refuses the cursor of another range', async () => {
    const { nextCursor } = await list.find({ limit: 1 });
    const other = { limit: 1, from: new Date(now - hourMs), cursor: nextCursor ?? '' };
    await expect(list.find(other)).rejects.toThrow(InvalidCursorError);
  });

  it('shows nothing that is past its retention, before any clean-up has run', async () => {
    const old = new Date(now - 31 * 24 * hourMs);
    const fresh = new Date(now - hourMs);
    await write(test, [
      messageAt(old, 'gone'),
      messageAt(old, 'spanning'),
      messageAt(fresh, 'spanning', 'agent'),
    ]);
    const sessions = await everyPage({ limit: 200 });
    expect(sessions.map(({ sessionName }) => sessionName)).not.toContain('gone');
    expect(sessions.find(({ sessionName }) => sessionName === 'spanning')).toMatchObject({
      startedAt: old,
      messageCount: 1,
      userCount: 0,
      agentCount: 1,
    });
  });
});

describe('the session list of a crowd', () => {
  const messages: Message[] = [];

  beforeAll(async () => {
    await test.query('truncate chat_messages, chat_sessions');
    // Few sessions that say much at once, so that a page takes many stretches of messages, beside a month of others.
    const crowd = fc.record({
      session: fc.integer({ min: 0, max: 30 }),
      at: fc.integer({ min: 0, max: 2_000 }),
    });
    for (const { session, at } of fc.sample(crowd, 6_000)) {
      messages.push(messageAt(new Date(now - 5 * 24 * hourMs + at), `crowd ${session}`, 'agent'));
    }
    const month = fc.record({
      session: fc.integer({ min: 0, max: 40 }),
      quarters: fc.integer({ min: 1, max: 2_780 }),
    });
    for (const { session, quarters } of fc.sample(month, 1_000)) {
      messages.push(messageAt(new Date(now - quarters * (hourMs / 4)), `chat ${session}`));
    }
    messages.sort((a, b) => compare(keyOf(a), keyOf(b)));
    await write(test, messages);
  });

  /** One of the sessions, at random, after all that was said before. */
  async function sayMore(): Promise<string> {
    const { sessionName } = fc.sample(fc.constantFrom(...messages), 1)[0] ?? {};
    const message = messageAt(new Date(now + messages.length), sessionName ?? '', 'assistant');
    await write(test, [message]);
    messages.push(message);
    return message.sessionName;
  }

  it('is, for any range, what a recount of its messages says, whatever is said between two pages', async () => {
    const quarter = fc.integer({ min: 0, max: 2_784 }).map((quarters) => now - quarters * (hourMs / 4));
    const amidCrowd = fc.integer({ min: 0, max: 2_001 }).map((at) => now - 5 * 24 * hourMs + at);
    const moment = fc
      .tuple(fc.oneof(quarter, amidCrowd), fc.integer({ min: -1, max: 1 }))
      .map(([time, beside]) => new Date(time + beside));
    const anyPages = fc.record({ from: moment, to: moment, limit: fc.constantFrom(17, 60, 200) });
    await fc.assert(
      fc.asyncProperty(anyPages, async ({ from, to, limit }) => {
        const expected = expectedList(messages, from, to);
        expect((await everyPage({ from, to, limit }, sayMore)).map(shownAs)).toEqual(expected);
      }),
      { numRuns },
    );
  }, 120_000);

  it('shows no session twice, and each that is silent meanwhile once, while others go on', async () => {
    const before = expectedList(messages, new Date(0), new Date(now + hourMs));
    const saidMore: string[] = [];
    const shown = await everyPage({ limit: 4 }, async () => saidMore.push(await sayMore()));
    const names = shown.map(({ sessionName }) => sessionName);
    expect(new Set(names).size).toBe(names.length);
    const isSilent = (name: string) => !saidMore.includes(name);
    expect(names.filter(isSilent)).toEqual(before.map(({ sessionName }) => sessionName).filter(isSilent));
  });
});
