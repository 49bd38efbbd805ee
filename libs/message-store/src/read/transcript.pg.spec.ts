import { messageAt, openDatabase, write } from '../../test/history.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { InvalidCursorError, MessageNotFoundError, SessionNotFoundError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { Transcript, type TranscriptPage } from './transcript.js';

const dayMs = 86_400_000;
const now = Date.now();
const sessionName = '会话 1/2?'.replace('/', '-');

let test: TestDatabase;
let database: Database;
let transcript: Transcript;
let messages: Message[];

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  transcript = new Transcript(database, new RetentionClock(30));
  // Three days, and five messages to each moment, so that pages end amid equal times.
  messages = Array.from({ length: 120 }, (_, at) => {
    const createdAt = new Date(now - 3 * dayMs + Math.floor(at / 5) * (dayMs / 10));
    return { ...messageAt(createdAt, sessionName), content: `${at}`, metadata: { at } };
  });
  await write(test, messages);
  await write(test, [messageAt(new Date(now), 'another')]);
  messages.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

function keyOf(message: Message): string {
  return `${message.createdAt.toISOString()} ${message.id}`;
}

async function walk(
  page: TranscriptPage,
  direction: 'prevCursor' | 'nextCursor',
  limit: number,
): Promise<Message[]> {
  const items: Message[] = [];
  for (let cursor = page[direction]; cursor;) {
    const next: TranscriptPage = await transcript.find({ ...page.session, limit, cursor });
    if (direction === 'nextCursor') items.push(...next.items);
    else items.unshift(...next.items);
    cursor = next[direction];
  }
  return items;
}

describe('a transcript', () => {
  it.each([1, 7, 60, 200])('is whole and in order, forwards by pages of %d', async (limit) => {
    const first = await transcript.find({ sessionName, limit });
    expect(first.prevCursor).toBeNull();
    expect([...first.items, ...(await walk(first, 'nextCursor', limit))]).toEqual(messages);
  });

  it.each([1, 7, 200])('is whole and in order, backwards from its latest page of %d', async (limit) => {
    const latest = await transcript.find({ sessionName, limit, around: 'latest' });
    expect(latest.nextCursor).toBeNull();
    expect([...(await walk(latest, 'prevCursor', limit)), ...latest.items]).toEqual(messages);
  });

  it.each([1, 2, 9, 200])('opens around any message and leads to both ends by pages of %d', async (limit) => {
    for (const at of [0, 1, 61, 118, 119]) {
      const page = await transcript.find({ sessionName, limit, around: messages[at]?.id ?? '' });
      expect(page.items).toContainEqual(messages[at]);
      expect(page.items.length).toBeLessThanOrEqual(limit);
      const everything = [
        ...(await walk(page, 'prevCursor', 50)),
        ...page.items,
        ...(await walk(page, 'nextCursor', 50)),
      ];
      expect(everything).toEqual(messages);
    }
  });

  it('comes with its session', async () => {
    const { session } = await transcript.find({ sessionName, limit: 1 });
    expect(session).toMatchObject({
      sessionName,
      messageCount: 120,
      userCount: 120,
      startedAt: messages[0]?.createdAt,
    });
  });

  it('ends a page at 4 MiB of text, but never without a message', async () => {
    const large = Array.from({ length: 10 }, (_, at) => ({
      ...messageAt(new Date(now - at), 'large'),
      content: 'x'.repeat(1_000_000),
    }));
    await write(test, large);
    const page = await transcript.find({ sessionName: 'large', limit: 200 });
    expect(page.items).toHaveLength(4);
    expect(page.nextCursor).not.toBeNull();
    const around = await transcript.find({ sessionName: 'large', limit: 200, around: large[0]?.id ?? '' });
    expect(around.items.map(({ id }) => id)).toContain(large[0]?.id);
  });

  it('does not exist for a session that nobody began or that is past its retention', async () => {
    await write(test, [messageAt(new Date(now - 31 * dayMs), 'gone')]);
    await expect(transcript.find({ sessionName: 'nobody', limit: 1 })).rejects.toThrow(SessionNotFoundError);
    await expect(transcript.find({ sessionName: 'gone', limit: 1 })).rejects.toThrow(SessionNotFoundError);
  });

  it('leaves out messages past their retention, before any clean-up has run', async () => {
    const old = messageAt(new Date(now - 31 * dayMs), 'spanning');
    const fresh = messageAt(new Date(now - dayMs), 'spanning');
    await write(test, [old, fresh]);
    const page = await transcript.find({ sessionName: 'spanning', limit: 10 });
    expect(page).toMatchObject({
      items: [fresh],
      prevCursor: null,
      nextCursor: null,
      session: { messageCount: 1 },
    });
    const around = transcript.find({ sessionName: 'spanning', limit: 10, around: old.id });
    await expect(around).rejects.toThrow(MessageNotFoundError);
  });

  it.each([1, 2, 200])('goes over weeks of silence both ways by pages of %d', async (limit) => {
    const sessionName = `silent for weeks ${limit}`;
    const said = [28.9, 28.8, 17, 1.5, 1.4].map((days) =>
      messageAt(new Date(now - days * dayMs), sessionName),
    );
    await write(test, said);
    const first = await transcript.find({ sessionName, limit });
    expect([...first.items, ...(await walk(first, 'nextCursor', limit))]).toEqual(said);
    const latest = await transcript.find({ sessionName, limit, around: 'latest' });
    expect([...(await walk(latest, 'prevCursor', limit)), ...latest.items]).toEqual(said);
    const middle = await transcript.find({ sessionName, limit, around: said[2]?.id.toUpperCase() ?? '' });
    expect(middle.items).toContainEqual(said[2]);
  });

  it('knows no message by an id that no message can have', async () => {
    for (const around of ['2f1e8d7c-6b5a-4c3d-9e8f-0a1b2c3d4e5f', 'ffffffff-ffff-7fff-bfff-ffffffffffff']) {
      await expect(transcript.find({ sessionName, limit: 1, around })).rejects.toThrow(MessageNotFoundError);
    }
  });

  it('refuses a message or a cursor of another session', async () => {
    const { nextCursor } = await transcript.find({ sessionName, limit: 1 });
    const other = { sessionName: 'another', limit: 1 };
    await expect(transcript.find({ ...other, cursor: nextCursor ?? '' })).rejects.toThrow(InvalidCursorError);
    await expect(transcript.find({ ...other, around: messages[0]?.id ?? '' })).rejects.toThrow(
      MessageNotFoundError,
    );
  });
});
