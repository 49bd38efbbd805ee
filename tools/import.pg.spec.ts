import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { runTool, type ToolRun } from './test/run-tool';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'chat-history-import-'));
});
beforeEach(() => database.query('truncate chat_messages, chat_sessions'));
afterAll(async () => {
  await rm(folder, { recursive: true });
  await database.drop();
});

const now = Date.now();
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toISOString();
const header = 'id,session_id,role,content,created_at\n';
const good = (id: number, said = `message ${id}`) =>
  `${id},s-${id % 7},human,${said},${hoursAgo(1 + (id % 100))}\n`;

async function fileOf(content: string | Buffer, name = 'old.csv'): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const importing = (args: string[], input = '', environment = {}) =>
  runTool('import.mts', args, { DATABASE_URL: database.url, ...environment }, input);

/** The first line: faults, and how far it has come, follow on standard error. */
const reportOf = ({ output }: ToolRun) => JSON.parse(output.split('\n')[0] ?? '') as unknown;

const plain = ['--format', 'plain-csv'];

async function tables() {
  return [
    await database.query('select * from chat_messages order by session_name, created_at, id'),
    await database.query('select * from chat_sessions order by session_name'),
  ];
}

describe('npm run import', () => {
  it('takes a table in, says what became of each row, and changes nothing the second time', async () => {
    const late = `7,s,human,late,${hoursAgo(31 * 24)}\n8,s,human,early,${hoursAgo(-96)}\n`;
    // By UTC it is the year 10000.
    const never = '9,s,human,never,9999-12-31 23:59:59\n';
    const file = await fileOf(header + late + never + [1, 2, 3, 4].map((id) => good(id)).join(''));
    const args = [file, ...plain, '--time-zone', 'America/New_York'];
    expect(await importing(args)).toEqual({
      exitCode: 0,
      output: [
        'columns: session_id → session_name, created_at → created_at, id → id, role → role, content → content',
        'roles: human → user',
        'read                   7',
        'inserted               4',
        'already there          0',
        'past their retention   1',
        'too far in the future  2',
        'faulty                 0',
        '',
      ].join('\n'),
    });
    const before = await tables();
    expect(before.map((rows) => rows.length)).toEqual([4, 4]);
    const again = await importing([...args, '--json']);
    expect(reportOf(again)).toMatchObject({
      end: 'complete',
      read: 7,
      inserted: 0,
      alreadyThere: 4,
    });
    expect(await tables()).toEqual(before);
  }, 120_000);

  it('takes of a later copy of a table only what is new, also where lines have moved', async () => {
    // Many have one time: the order of the file is that of the transcript.
    const row = (id: string) => `${id},s,human,said ${id},${hoursAgo(2).slice(0, 19)}Z\n`;
    const rows = Array.from({ length: 1_200 }, () => row(randomUUID()));
    const first = await importing([await fileOf(header + rows.join('')), ...plain, '--json']);
    expect(reportOf(first)).toMatchObject({ inserted: 1_200, faulty: 0 });
    const [before] = await tables();
    expect(before).toMatchObject(rows.map((each) => ({ content: each.split(',')[3] })));

    const copy = [row(randomUUID()), ...rows.slice(1).toReversed(), row(randomUUID()), ...rows.slice(0, 7)];
    const second = await importing([await fileOf(header + copy.join('')), ...plain, '--json']);
    expect(reportOf(second)).toMatchObject({ inserted: 2, alreadyThere: 1_206, faulty: 0 });
    const kept = new Map((await tables())[0]?.map((each) => [each['id'], each]));
    expect(kept.size).toBe(1_202);
    expect(before?.map((each) => kept.get(each['id']))).toEqual(before);
  }, 120_000);

  it('reads standard input, and what gzip has packed', async () => {
    expect(await importing(['-', ...plain], header + good(1))).toMatchObject({ exitCode: 0 });
    const packed = await fileOf(Buffer.concat([gzipSync(header), gzipSync(good(1) + good(2))]), 'packed');
    const run = await importing([packed, ...plain, '--json']);
    expect(reportOf(run)).toMatchObject({ read: 2, inserted: 1, alreadyThere: 1 });
    const broken = await fileOf(gzipSync(header + good(3)).subarray(0, -9), 'broken.gz');
    expect(await importing([broken, ...plain])).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('the file could not be read on from line'),
    });
  }, 120_000);

  it('reports faulty lines by number without their text, and takes the others', async () => {
    const bad = `1,s,wizard,secret,${hoursAgo(1)}\n`;
    const file = await fileOf(header + bad.repeat(25) + good(1) + '"secret\n' + good(2));
    const faults = path.join(folder, 'faults.jsonl');
    const run = await importing([file, ...plain, '--faults', faults]);
    expect(run.exitCode).toBe(1);
    expect(run.output).not.toContain('secret');
    expect(run.output).toContain('line 21: role is no role that is known\n  further lines');
    expect(run.output).not.toContain('line 22:');
    expect(run.output).toContain('line 28: a quote is not closed');
    expect(run.output).toMatch(/\ninserted +2\n/);
    expect(run.output).toMatch(/\n {2}role is no role that is known +25\n/);
    const kept = (await readFile(faults, 'utf8')).trim().split('\n');
    expect(kept).toHaveLength(26);
    expect(JSON.parse(kept[24] ?? '')).toEqual({
      line: 26,
      column: 'role',
      reason: 'is no role that is known',
    });
  });

  it('reports lines that say another thing than the message that is there with their number', async () => {
    const at = hoursAgo(1);
    const rows = ['human,a', 'human,a', 'human,secret', 'bot,a'].map((said) => `1,s,${said},${at}\n`);
    const run = await importing([await fileOf(header + rows.join('')), ...plain]);
    expect(run.exitCode).toBe(1);
    expect(run.output).not.toContain('secret');
    expect(run.output).toMatch(/\ninserted +1\nalready there +1\n/);
    for (const line of [4, 5])
      expect(run.output).toContain(
        `line ${line}: a message with its session, time and id is there, with another role or content\n`,
      );
    expect(await tables()).toMatchObject([[{ role: 'user', content: 'a' }], [{ message_count: '1' }]]);
  });

  it('ends when too many lines are at fault, with what it read before', async () => {
    const file = await fileOf(header + good(1) + 'x\n'.repeat(5) + good(2));
    const run = await importing([file, ...plain, '--max-faults', '3', '--json']);
    expect(run.exitCode).toBe(1);
    expect(reportOf(run)).toMatchObject({
      end: 'too-many-faults',
      faulty: 4,
      inserted: 1,
      nextLine: 3,
    });
  });

  it('looks and writes nothing with --dry-run', async () => {
    const file = await fileOf(header + good(1));
    const run = await importing([file, ...plain, '--dry-run']);
    expect(run).toMatchObject({ exitCode: 0, output: expect.stringMatching(/\nto insert +1\n/) });
    expect(await tables()).toEqual([[], []]);
  });

  it('ends after its batch when it is told to, says where, and goes on there', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => good(id));
    const child = spawn(process.execPath, [path.join(__dirname, 'import.mts'), '-', ...plain, '--json'], {
      env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stdin.on('error', () => undefined);
    // Not the end: it waits for more when the signal comes.
    child.stdin.write(header + rows.slice(0, 5_500).join(''));
    while ((await database.query('select from chat_messages limit 1 offset 999')).length === 0)
      await delay(20);
    child.kill('SIGTERM');
    expect(await once(child, 'close')).toEqual([1, null]);
    const report = JSON.parse(output) as { end: string; inserted: number; nextLine: number };
    expect(report).toMatchObject({ end: 'stopped', faulty: 0, nextLine: report.inserted + 2 });
    expect(await tables()).toMatchObject([{ length: report.inserted }, {}]);

    const file = await fileOf(header + rows.join(''));
    const rest = await importing([file, ...plain, '--json', '--from-line', String(report.nextLine)]);
    expect(reportOf(rest)).toMatchObject({
      end: 'complete',
      inserted: 20_000 - report.inserted,
      alreadyThere: 0,
    });
    expect(await tables()).toMatchObject([{ length: 20_000 }, { length: 7 }]);
  }, 120_000);

  it.each([
    [['a', ...plain, '--force'], {}, '--force'],
    [['a', ...plain], { DATABASE_URL: '' }, 'DATABASE_URL is not set'],
    [['a', ...plain], { CHAT_HISTORY_RETENTION_DAYS: '0' }, 'CHAT_HISTORY_RETENTION_DAYS must be'],
    [['-', ...plain], {}, 'no header row'],
  ])('explains itself when called with %j and %j', async (args, environment, message) => {
    const run = await importing(args, '', environment);
    expect(run.exitCode).toBe(2);
    expect(run.output.split('usage:')[0]).toContain(message);
    expect(run.output).toContain('usage:');
    expect(run.output).not.toMatch(/^\s+at /m);
  });

  it('fails with one line and no password when the server is away', async () => {
    const away = new URL(database.url);
    away.port = '1';
    away.password = 'do-not-show';
    const run = await importing(['-', ...plain], header, { DATABASE_URL: away.toString() });
    expect(run).toEqual({ exitCode: 1, output: 'the database does not answer\n' });
  });
});
