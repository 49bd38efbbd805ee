import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import { FakeCoze } from '@chat-history/fake-bots';
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

  it('told to stop with 500 messages in its buffer, writes all of them before it ends', async () => {
    proxy.become('refuse');
    const { url, ended } = await start();
    for (let turn = 0; turn < 250; turn += 25) {
      await Promise.all(Array.from({ length: 25 }, (_, at) => chat(url, `question ${turn + at}`)));
    }
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('chat_history_buffered_messages 500');

    proxy.become('pass');
    chatbot?.kill('SIGTERM');
    expect(await ended).toBe(0);
    const [counted] = await database.query(
      `select count(*)::int as messages, count(distinct id)::int as ids, count(distinct session_name)::int as sessions
       from chat_messages`,
    );
    expect(counted).toEqual({ messages: 500, ids: 500, sessions: 250 });
  });

  it('told to stop while the bot talks, tells the customers, and keeps what was asked and how far the answer got', async () => {
    const { url, ended } = await start(withCoze());
    const streamed = await stalledStream(url);
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
    expect(await keptRoles('at once')).toEqual(['assistant', 'user']);
  });

  it('told to stop while its table is locked and the bot talks, leaves nothing only in memory', async () => {
    const { url, ended } = await start(withCoze());
    coze.behaviour = { pieces: ['A whole answer'] };
    await chat(url, 'before');
    await database.query('begin');
    await database.query('lock table chat_messages in access exclusive mode');
    const asked = Array.from({ length: 20 }, (_, at) => `question ${at}`);
    await Promise.all(asked.map((question) => chat(url, question)));
    await stalledStream(url);

    chatbot?.kill('SIGTERM');
    // It would end with 1 if it took over 30 s.
    expect(await ended).toBe(0);
    await database.query('rollback');
    for (const session of ['before', ...asked]) {
      expect([session, ...(await keptRoles(session))]).toEqual([session, 'assistant', 'user']);
    }
    expect(await keptRoles('streamed')).toEqual(['assistant', 'user']);
  }, 60_000);

  function withCoze(): Record<string, string> {
    return {
      BOT_PROVIDER: 'coze',
      COZE_API_BASE: coze.url,
      COZE_API_TOKEN: 'a-token',
      COZE_BOT_ID: 'bot-1',
    };
  }

  /** Resolves when a customer hears the first half of an answer that then goes on no more. */
  async function stalledStream(url: string): Promise<{ last: Promise<unknown> }> {
    coze.behaviour = { pieces: ['Half ', 'an answer'], stallAfterEvents: 3 };
    const answer = await post(url, '/chat/stream', { message: 'hello', session_name: 'streamed' });
    const events = readEvents(answer);
    while ((await events.next()).value?.event !== 'delta');
    const last = lastOf(events);
    last.catch(() => undefined);
    return { last };
  }

  function messagesOf(session: string) {
    return database.query<{ role: string }>(
      'select role, content, status from chat_messages where session_name = $1 order by created_at, id',
      [session],
    );
  }

  /** Of a session's messages in the database or set aside on disk, by name. */
  async function keptRoles(session: string): Promise<string[]> {
    const file = await readFile(path.join(spoolDir, 'set-aside.jsonl'), 'utf8').catch(() => '');
    const lines = file.split('\n').filter((line) => line !== '');
    const aside = lines.map(
      (line) => (JSON.parse(line) as { message: { sessionName: string; role: string } }).message,
    );
    const kept = [
      ...(await messagesOf(session)),
      ...aside.filter(({ sessionName }) => sessionName === session),
    ];
    return [...new Set(kept.map(({ role }) => role))].sort();
  }

  async function start(environment: Record<string, string> = {}) {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: proxy.url,
        CHATBOT_PORT: '0',
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

  async function chat(url: string, message: string): Promise<void> {
    const answer = await post(url, '/chat', { message, session_name: message });
    expect(answer.status).toBe(200);
  }

  function post(url: string, path: string, body: object): Promise<Response> {
    return fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  }
});

async function lastOf(events: AsyncIterable<unknown>): Promise<unknown> {
  let last: unknown;
  for await (const event of events) last = event;
  return last;
}
