import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';

const main = path.join(__dirname, '../dist/main.js');

describe('ai-chatbot in a process of its own', () => {
  let database: TestDatabase;
  let proxy: FlakyProxy;
  let spoolDir: string;
  let chatbot: ChildProcessByStdio<null, Readable, null> | undefined;
  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await FlakyProxy.to(database.url);
    spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'));
  });
  afterEach(async () => {
    chatbot?.kill('SIGKILL');
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

  async function start() {
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: proxy.url,
        CHATBOT_PORT: '0',
        CHAT_HISTORY_SPOOL_DIR: spoolDir,
        DEMO_BOT_DELAY_MS: '0',
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
    const answer = await fetch(`${url}/chat`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ message, session_name: message }),
    });
    expect(answer.status).toBe(200);
  }
});
