import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeCoze } from '@chat-history/fake-bots';
import { chatResponse, chatStreamSession } from '@chat-history/http-contract';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import { sessionSecret, withCoze } from '../test/chatbot.js';
import { readEvents } from '../test/read-events.js';

const main = path.join(__dirname, '../dist/main.js');

describe('ai-chatbot in a process of its own', () => {
  let database: TestDatabase;
  let proxy: FlakyProxy;
  let spoolDir: string;
  let coze: FakeCoze;
  let chatbot: ChildProcessByStdio<null, Readable, null> | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await FlakyProxy.to(database.url);
    coze = await FakeCoze.start();
    spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'));
  });
  afterEach(async () => {
    chatbot?.kill('SIGKILL');
    await coze.stop();
    await proxy.close();
    await database.drop();
    await rm(spoolDir, { recursive: true });
  });

  it('told to stop during an outage leaves nothing only in memory: the next process writes all of it', async () => {
    proxy.become('refuse');
    const { url, ended } = await start();
    for (let turn = 0; turn < 250; turn += 25) {
      await Promise.all(Array.from({ length: 25 }, () => chat(url)));
    }
    chatbot?.kill('SIGTERM');
    expect(await ended).toBe(0);

    proxy.become('pass');
    await start();
    const counted = await eventually(
      () =>
        database.query(
          `select count(*)::int as messages, count(distinct id)::int as ids,
                  count(distinct session_name)::int as sessions
           from chat_messages`,
        ),
      ([row]) => row?.['messages'] === 500,
    );
    expect(counted).toEqual([{ messages: 500, ids: 500, sessions: 250 }]);
  });

  it('told to stop while the bot talks, lets it end, and refuses who waits behind it', async () => {
    const { url, ended } = await start(withCoze(coze));
    const streamed = await pausedStream(url);
    const behind = post(url, '/chat', {
      message: 'and on',
      session_name: 'streamed',
      session_token: streamed.token,
    });
    // Begun behind the other, a turn of another session shows that the one before has arrived.
    coze.behaviour = { pieces: ['an answer'] };
    await chat(url, 'a turn that comes later');

    chatbot?.kill('SIGTERM');
    expect((await behind).status).toBe(503);
    coze.resume();
    expect(await streamed.last).toMatchObject({ event: 'done', data: { status: 'complete' } });
    expect(await ended).toBe(0);
    expect(await messagesOf('streamed')).toEqual([
      { role: 'user', content: 'hello', status: 'complete' },
      { role: 'assistant', content: 'Half an answer', status: 'complete' },
    ]);
  });

  it('told to stop while the bot talks on and on, tells the customers, and keeps what was asked and how far the answer got', async () => {
    const { url, ended } = await start({ ...withCoze(coze), BOT_STOP_GRACE_MS: '200' });
    const streamed = await pausedStream(url);
    const atOnce = post(url, '/chat', { message: 'hello', session_name: 'at once' });
    await coze.asked(2);

    chatbot?.kill('SIGTERM');
    const [last, refused, exitCode] = await Promise.all([streamed.last, atOnce, ended]);
    expect(last).toMatchObject({ event: 'error', data: { status: 503 } });
    expect(refused.status).toBe(503);
    expect(exitCode).toBe(0);
    expect(await messagesOf('streamed')).toEqual([
      { role: 'user', content: 'hello', status: 'complete' },
      { role: 'assistant', content: 'Half ', status: 'interrupted' },
    ]);
    expect((await messagesOf('at once')).map(({ role }) => role)).toEqual(['user', 'assistant']);
  });

  it('told to stop while its table is locked and the bot talks, leaves nothing only in memory', async () => {
    const environment = { ...withCoze(coze), BOT_STOP_GRACE_MS: '200' };
    const { url, ended } = await start(environment);
    coze.behaviour = { pieces: ['A whole answer'] };
    await chat(url, 'before');
    await database.query('begin');
    await database.query('lock table chat_messages in access exclusive mode');
    // Named by the service: whose a name is, a locked table does not tell.
    const asked = await Promise.all(Array.from({ length: 20 }, () => chat(url)));
    await pausedStream(url, {});

    chatbot?.kill('SIGTERM');
    // It would end with 1 if it took over 30 s.
    expect(await ended).toBe(0);
    await database.query('rollback');
    await start(environment);
    const kept = await eventually(
      () =>
        database.query<{ session_name: string; roles: string }>(
          `select session_name, string_agg(role, ' ' order by created_at, id) as roles
           from chat_messages group by session_name having count(*) = 2`,
        ),
      (sessions) => sessions.length === 22,
    );
    expect(kept.every(({ roles }) => roles === 'user assistant')).toBe(true);
    const names = kept.map(({ session_name }) => session_name);
    expect(names).toEqual(expect.arrayContaining(['before', ...asked]));
  }, 120_000);

  it('killed while the bot talks, answers a repeat of the request, and stores its question once', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const { url, ended } = await start(withCoze(coze));
    coze.behaviour = { pieces: ['Half ', 'an answer'], stallAfterEvents: 3 };
    post(url, '/chat', { message: 'hello' }, key).catch(() => undefined);
    await coze.asked(1);
    const messages = () =>
      database.query('select id, role, content, status from chat_messages order by created_at');
    const [asked] = await eventually(messages, (rows) => rows.length === 1);
    chatbot?.kill('SIGKILL');
    await ended;
    // The dead turn's lease would hold for 15 s more.
    await database.query('update chat_turns set lease_until = now()');

    coze.behaviour = { pieces: ['An answer'] };
    const { url: next } = await start(withCoze(coze));
    const answer = await post(next, '/chat', { message: 'hello' }, key);
    const turn = chatResponse.parse(await answer.json());
    expect(turn).toMatchObject({ message_id: asked?.['id'], session_token: expect.any(String) as string });
    const kept = await eventually(messages, (rows) => rows.length === 2);
    expect(kept).toEqual([
      { id: turn.message_id, role: 'user', content: 'hello', status: 'complete' },
      { id: turn.reply_id, role: 'assistant', content: 'An answer', status: 'complete' },
    ]);
  });

  /** Resolves when a customer hears the first half of an answer that goes on when Coze is told to. */
  async function pausedStream(url: string, session: object = { session_name: 'streamed' }) {
    coze.behaviour = { pieces: ['Half ', 'an answer'], pauseAfterEvents: 3 };
    const events = readEvents(await post(url, '/chat/stream', { message: 'hello', ...session }));
    const { value: first } = await events.next();
    while ((await events.next()).value?.event !== 'delta');
    const last = lastOf(events);
    last.catch(() => undefined);
    return { last, token: chatStreamSession.parse(first?.data).session_token };
  }

  function messagesOf(session: string) {
    return database.query<{ role: string }>(
      'select role, content, status from chat_messages where session_name = $1 order by created_at, id',
      [session],
    );
  }

  async function start(environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: proxy.url,
        CHATBOT_PORT: '0',
        CHAT_SESSION_SECRET: sessionSecret,
        CHAT_HISTORY_SPOOL_DIR: spoolDir,
        DEMO_BOT_DELAY_MS: '0',
        ...environment,
      },
    });
    chatbot = child;
    const ended = once(child, 'close').then(([code]) => code as number | null);
    for await (const line of createInterface({ input: child.stdout })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (msg !== 'ai-chatbot is ready') continue;
      child.stdout.resume();
      return { url: `http://127.0.0.1:${port}`, ended };
    }
    throw new Error('ai-chatbot ended before it was ready');
  }

  /** A whole turn. @returns the session's name */
  async function chat(url: string, session_name?: string): Promise<string> {
    const answer = await post(url, '/chat', { message: 'a question', session_name });
    expect(answer.status).toBe(200);
    return chatResponse.parse(await answer.json()).session_name;
  }

  function post(url: string, path: string, body: object, headers: object = {}): Promise<Response> {
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  }
});

async function lastOf(events: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const event of events) last = event;
  return last;
}

/** What `ask` says once it `isIt`. */
async function eventually<Found>(ask: () => Promise<Found>, isIt: (found: Found) => boolean): Promise<Found> {
  for (;;) {
    const found = await ask();
    if (isIt(found)) return found;
    await delay(20);
  }
}
