import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createTestDatabase,
  insertDatedMessages,
  type TestDatabase,
} from '@chat-history/message-store/testing';
import { runTool } from './test/run-tool';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const said = ['user', 'assistant'] as const;
  const messages = Array.from({ length: 60 }, (_, at) => ({
    sessionName: `session ${at % 30}`,
    role: said[at % 2] ?? 'user',
    content: `message ${at}`,
    createdAt: new Date(Date.now() - at * 60_000),
  }));
  await insertDatedMessages(database.url, messages, 30);
});
afterAll(() => database.drop());

const reconcile = (...args: string[]) => runTool('reconcile.mts', args, { DATABASE_URL: database.url });

describe('npm run reconcile', () => {
  it('says that nothing differs where nothing does', async () => {
    expect(await reconcile()).toEqual({
      exitCode: 0,
      output:
        'compared 30 sessions with 60 messages\nevery session is as its messages say\n' +
        'every message that can be indexed is\n',
    });
  });

  it('reports what differs, changes nothing unless asked, then mends it and looks again', async () => {
    await database.query(`
      delete from chat_sessions where session_name = 'session 1';
      update chat_sessions set message_count = 5 where session_name <> 'session 4';
      update chat_messages set content_tsv = null where session_name = 'session 5'`);
    const found = await reconcile();
    expect(found.exitCode).toBe(1);
    expect(found.output).toContain('29 sessions differed: ');
    expect(found.output).toContain('  session 1: missing\n');
    expect(found.output).toContain('and 9 more');
    expect(found.output).toContain('2 messages lacked the search index');

    const asJson = await reconcile('--json');
    expect(asJson.exitCode).toBe(1);
    expect(JSON.parse(asJson.output)).toMatchObject({
      isComplete: true,
      differing: 29,
      faults: { missing: 1, message_count: 28 },
      indexable: 2,
      unindexable: 0,
    });

    const mended = await reconcile('--repair', '--json');
    const reports = mended.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(reports).toMatchObject([
      { repair: true, differing: 29, indexable: 2 },
      { repair: false, differing: 0, indexable: 0, isComplete: true },
    ]);
    expect(mended.exitCode).toBe(0);
  }, 120_000);

  it('counts what is past the retention of CHAT_HISTORY_RETENTION_DAYS as gone', async () => {
    const old = { sessionName: 'old', role: 'user', content: 'bye' } as const;
    await insertDatedMessages(
      database.url,
      [{ ...old, createdAt: new Date(Date.now() - 5 * 86_400_000) }],
      30,
    );
    const environment = { DATABASE_URL: database.url, CHAT_HISTORY_RETENTION_DAYS: '3' };
    const run = await runTool('reconcile.mts', [], environment);
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringContaining('1 session waiting for the') });
  });

  it.each([
    [['now'], {}, 'now'],
    [['--mend'], {}, '--mend'],
    [[], { DATABASE_URL: '' }, 'DATABASE_URL is not set'],
    [[], { CHAT_HISTORY_RETENTION_DAYS: 'ten' }, 'CHAT_HISTORY_RETENTION_DAYS must be'],
  ])('explains itself when called with %j and %j', async (args, environment, message) => {
    const run = await runTool('reconcile.mts', args, { DATABASE_URL: database.url, ...environment });
    expect(run.exitCode).toBe(2);
    expect(run.output).toContain(message);
    expect(run.output).toContain('usage:');
  });

  it('fails with one line and no password when the server is away', async () => {
    const away = new URL(database.url);
    away.port = '1';
    away.password = randomUUID();
    const run = await runTool('reconcile.mts', [], { DATABASE_URL: away.toString() });
    expect(run.exitCode).toBe(1);
    expect(run.output).not.toContain(away.password);
    expect(run.output.trim().split('\n')).toHaveLength(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends by %s after the batch under way, and says so',
    async (signal) => {
      await database.query('begin');
      await database.query('lock table chat_sessions in access exclusive mode');
      const tool = spawn(process.execPath, [path.join(__dirname, 'reconcile.mts'), '--json'], {
        env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [output, [exitCode]] = await Promise.all([
        text(tool.stdout),
        once(tool, 'exit'),
        untilItWaits().then(async () => {
          tool.kill(signal);
          // It has heard, and has not got its answer yet.
          const [heard] = (await once(tool.stderr.setEncoding('utf8'), 'data')) as [string];
          expect(heard).toBe('ending after the batch under way\n');
          await database.query('commit');
        }),
      ]);
      expect(JSON.parse(output)).toMatchObject({ isComplete: false });
      expect(exitCode).toBe(1);
    },
  );
});

/** Not from pg_stat_activity, of which a transaction sees what was at its first look. */
async function untilItWaits(): Promise<void> {
  const waiting = `select from pg_locks where relation = 'chat_sessions'::regclass and not granted`;
  while ((await database.query(waiting)).length === 0) await delay(10);
}
