import type { Message } from '@chat-history/message-store';
import { IdempotencyKeyReusedError } from './chat.errors.js';
import { TurnMemory, type EndedTurn } from './turn-memory.js';

const hash = Buffer.from('a request');
const bounds = { maxTurns: 3, maxCharacters: 100, maxAgeMs: 60_000 };

function endedTurn(content = 'an answer'): EndedTurn {
  return { sessionName: 's', beginsSession: true, questionId: 'q', reply: { content } as Message };
}

describe('the memory of turns', () => {
  it('lets a repeat join a turn that runs, and gives it the result of one that ended', async () => {
    const memory = new TurnMemory(bounds);
    const { promise, resolve } = Promise.withResolvers<EndedTurn>();
    const first = memory.once('key', hash, () => promise);
    const joined = memory.once('key', hash, () => Promise.reject(new Error('taken twice')));
    resolve(endedTurn());
    expect(await joined).toBe(await first);
    const late = memory.once('key', hash, () => Promise.reject(new Error('taken twice')));
    expect(await late).toBe(await first);
  });

  it('refuses another request under the same key, while the turn runs and when it has ended', async () => {
    const memory = new TurnMemory(bounds);
    const other = () => memory.once('key', Buffer.from('another'), () => Promise.resolve(endedTurn()));
    const first = memory.once('key', hash, () => Promise.resolve(endedTurn()));
    expect(other).toThrow(IdempotencyKeyReusedError);
    await first;
    expect(other).toThrow(IdempotencyKeyReusedError);
  });

  it('forgets a turn of which nothing was kept', async () => {
    const memory = new TurnMemory(bounds);
    await expect(memory.once('key', hash, () => Promise.reject(new Error('busy')))).rejects.toThrow('busy');
    const again = endedTurn();
    expect(await memory.once('key', hash, () => Promise.resolve(again))).toBe(again);
  });

  it('forgets after its time', async () => {
    const memory = new TurnMemory({ ...bounds, maxAgeMs: 0 });
    await memory.once('key', hash, () => Promise.resolve(endedTurn()));
    const again = endedTurn();
    expect(await memory.once('key', hash, () => Promise.resolve(again))).toBe(again);
  });

  it('keeps no more turns than its bound, and forgets the oldest that has ended', async () => {
    const memory = new TurnMemory(bounds);
    const running = memory.once('running', hash, () => new Promise(() => undefined));
    for (const key of ['a', 'b', 'c']) await take(memory, key);
    expect(await isRemembered(memory, 'b')).toBe(true);
    expect(memory.once('running', hash, () => Promise.resolve(endedTurn()))).toBe(running);
    expect(await isRemembered(memory, 'a')).toBe(false);
  });

  it('keeps no more text than its bound', async () => {
    const memory = new TurnMemory(bounds);
    await take(memory, 'a', 'x'.repeat(60));
    await take(memory, 'b', 'x'.repeat(60));
    expect(await isRemembered(memory, 'b')).toBe(true);
    expect(await isRemembered(memory, 'a')).toBe(false);
  });
});

async function take(memory: TurnMemory, key: string, content?: string): Promise<void> {
  await memory.once(key, hash, () => Promise.resolve(endedTurn(content)));
}

async function isRemembered(memory: TurnMemory, key: string): Promise<boolean> {
  let isTaken = false;
  await memory.once(key, hash, () => {
    isTaken = true;
    return Promise.resolve(endedTurn(''));
  });
  return !isTaken;
}
