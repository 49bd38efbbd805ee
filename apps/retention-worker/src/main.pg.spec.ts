import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { openRetentionStore } from '@chat-history/message-store';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { silent, writeDaysAgo } from '../test/worker.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The built program in a process of its own. */
function start(flags: string[], environment: Record<string, string> = {}) {
  const main = path.join(__dirname, '../dist/main.js');
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    WORKER_PORT: '0',
    ...environment,
  };
  return spawn(process.execPath, [main, ...flags], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function run(flags: string[], environment: Record<string, string> = {}) {
  const child = start(flags, environment);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { code: code as number, stdout, stderr };
}

describe('the program', () => {
  it('prints the same figures for --dry-run and --once, and only the second deletes', async () => {
    await writeDaysAgo(database, 31, 'old');
    await writeDaysAgo(database, 0, 'fresh');
    const predicted = await run(['--dry-run']);
    expect(predicted).toMatchObject({ code: 0, stderr: '' });
    expect(predicted.stdout).toMatch(/would delete\n +messages +1\n +sessions +1\n/);
    expect(await database.query('select from chat_messages')).toHaveLength(2);

    const done = await run(['--once']);
    expect(done.code).toBe(0);
    const figures = (output: string) => /messages[^]*postponed.*/.exec(output.split('delete')[1] ?? '')?.[0];
    expect(figures(done.stdout)).toBe(figures(predicted.stdout));
    expect(await database.query('select session_name from chat_messages')).toEqual([
      { session_name: 'fresh' },
    ]);
  });

  it('ends with 3 when another worker is running', async () => {
    const other = openRetentionStore({
      databaseUrl: database.url,
      retentionDays: 30,
      applicationName: 'other',
      logger: silent,
    });
    const ended = await other.exclusiveRun.run(() => run(['--once']));
    await other.close();
    expect(ended).toMatchObject({ code: 3, stdout: 'another worker is running; nothing was done\n' });
  });

  it('ends with 1 when the database is away', async () => {
    const ended = await run(['--once'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('the database does not answer');
  });

  it.each([
    [['--once'], { CHAT_HISTORY_RETENTION_DAYS: '0' }, 1, 'CHAT_HISTORY_RETENTION_DAYS'],
    [[], { CHAT_HISTORY_RETENTION_DAYS: 'thirty' }, 1, 'CHAT_HISTORY_RETENTION_DAYS'],
    [[], { CHAT_HISTORY_RETENTION_CRON: 'nightly' }, 1, 'CHAT_HISTORY_RETENTION_CRON'],
    [['--oncee'], {}, 2, '--oncee'],
  ])('does not start with %j and %j', async (flags, environment: Record<string, string>, code, named) => {
    const ended = await run(flags, environment);
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toContain(named);
  });

  it('stays without a flag, and ends with 0 on SIGTERM', async () => {
    const child = start([], { LOG_LEVEL: 'info' });
    for await (const chunk of child.stdout) {
      if (String(chunk).includes('retention-worker is ready')) break;
    }
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});
