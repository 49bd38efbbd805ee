import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { silent } from '../../test/history.js';
import { ExportTimeoutError, TooManyRowsError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { openRetentionStore } from '../retention/open-retention-store.js';
import { addFigures, noFigures } from '../retention/retention-figures.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { backgroundExport, type ExportBounds } from './export-bounds.js';
import { MessageExport, type ExportRequest } from './message-export.js';
import { MessageStream } from './message-stream.js';

const messages = 20_000;
const retentionDays = 30;
// Another spec ends connections by their name.
const applicationName = 'export-file-spec';
const never = new AbortController().signal;

let database: TestDatabase;
let files: MessageExport;

beforeAll(async () => {
  database = await createTestDatabase();
  files = new MessageExport(
    new MessageStream({ url: database.url, applicationName }, new RetentionClock(retentionDays)),
  );
  await database.query(`
    select make_chat_messages_partition((now() - n * interval '1 day')::date) from generate_series(-1, 11) as n`);
  // Over ten days, seven at a time in the same millisecond, in 500 sessions whose names are not in the order of time.
  await database.query(
    `insert into chat_messages (session_name, created_at, id, role, content, status, response_time_ms, metadata)
     select 'session ' || n * 7919 % 500, date_trunc('milliseconds', now()) - n / 7 * interval '5 minutes', gen_random_uuid(),
            (array['user', 'assistant', 'agent'])[1 + n % 3], 'message ' || n || ' 退款 😀', 'complete', nullif(n % 5, 0),
            case when n % 4 = 0 then '{"n": 12345678901234567890.10}'::jsonb end
     from generate_series(1, $1) as n`,
    [messages],
  );
});
afterAll(() => database.drop());

const usual: ExportRequest = { filter: {}, format: 'csv-raw', order: 'time', timeZone: 'UTC', gzip: false };

const open = (request: Partial<ExportRequest> = {}, bounds: Partial<ExportBounds> = {}) =>
  files.open({ ...usual, ...request }, never, { ...backgroundExport, ...bounds });

async function bytesOf(request: Partial<ExportRequest> = {}): Promise<Buffer> {
  return Buffer.concat(await (await open(request)).stream.toArray());
}

/** The ids in a file of csv-raw without quotes ahead of them. */
function idsIn(file: string): string[] {
  return Array.from(file.matchAll(/^[\w ]+,[\d-]+T[\d:.]+Z,([\da-f-]{36}),/gm), ([, id = '']) => id);
}

async function stored(order = 'created_at, id'): Promise<string[]> {
  const rows = await database.query<{ id: string }>(`select id from chat_messages order by ${order}`);
  return rows.map(({ id }) => id);
}

describe('a file', () => {
  it.each([
    ['time', 'created_at, id'],
    ['session', 'session_name, created_at, id'],
  ] as const)('by %s has every message once, in order, ties too', async (order, sql) => {
    const file = await open({ order });
    const ids = idsIn(Buffer.concat(await file.stream.toArray()).toString());
    expect(ids).toEqual(await stored(sql));
    expect(file.rowsTotal).toBe(messages);
    expect(file.figures()).toEqual({ rows: messages, cutCells: 0, inertCells: 0 });
  });

  it.each(['csv', 'csv-raw', 'jsonl', 'md', 'txt'] as const)(
    'of %s is the same, byte for byte, when nothing has changed, compressed or not',
    async (format) => {
      const request = {
        format,
        timeZone: 'Asia/Shanghai',
        order: 'session',
        filter: { sessionName: 'session 7' },
      } as const;
      const plain = await bytesOf(request);
      expect(hash(await bytesOf(request))).toBe(hash(plain));
      const compressed = await bytesOf({ ...request, gzip: true });
      expect(hash(await bytesOf({ ...request, gzip: true }))).toBe(hash(compressed));
      expect(hash(gunzipSync(compressed))).toBe(hash(plain));
      expect(plain.toString()).toContain('退款 😀');
    },
  );

  it('is compressed the same however its rows come', async () => {
    const all = await open({ gzip: true });
    const slowly: Buffer[] = [];
    for await (const chunk of all.stream) {
      slowly.push(chunk as Buffer);
      await delay(1);
    }
    expect(hash(Buffer.concat(slowly))).toBe(hash(await bytesOf({ gzip: true })));
  });

  it('has metadata as it is stored, to the last digit, and none where there is none', async () => {
    const lines = (await bytesOf({ format: 'jsonl' })).toString().split('\n').slice(0, -1);
    expect(lines.filter((line) => line.endsWith('"metadata":{"n": 12345678901234567890.10}}'))).toHaveLength(
      messages / 4,
    );
    expect(lines.filter((line) => line.endsWith('"metadata":null}'))).toHaveLength((messages / 4) * 3);
  });

  it('counts the cells that are inert: of each row its time, and its milliseconds', async () => {
    const file = await open({ format: 'csv' });
    await file.stream.toArray();
    expect(file.figures()).toEqual({
      rows: messages,
      cutCells: 0,
      inertCells: messages + (messages / 5) * 4,
    });
  });

  it('is refused with one row more than it may have, before it is begun, and leaves its place', async () => {
    const bounds = { maxRows: messages - 1, maxAtOnce: 1 };
    await expect(open({}, bounds)).rejects.toThrow(TooManyRowsError);
    const file = await open({}, { maxRows: messages, maxAtOnce: 1 });
    expect(file.rowsTotal).toBe(messages);
    file.stream.destroy();
  });

  it('fails, and does not just end, when its messages do', async () => {
    const error = await open({}, { maxDurationMs: 500 })
      .then(({ stream }) => once(stream, 'error'))
      .then(([failure]) => failure as unknown)
      .catch((refusal: unknown) => refusal);
    expect(error).toBeInstanceOf(ExportTimeoutError);
  });

  it('ends its query when its reader destroys it', async () => {
    (await open()).stream.destroy();
    const running = () =>
      database.query(`select from pg_stat_activity where application_name = $1`, [applicationName]);
    while ((await running()).length > 0);
  });

  it('is one snapshot, whatever a writer, a deletion and a retention run do meanwhile', async () => {
    const before = await stored();
    const startedAt = Date.now();
    const file = await open();
    expect(Math.abs(file.snapshotAt.getTime() - startedAt)).toBeLessThan(60_000);
    const [first] = (await once(file.stream, 'data')) as [Buffer];
    file.stream.pause();

    await database.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      select 'session ' || n, now() - n * interval '1 minute', gen_random_uuid(), 'user', 'new', 'complete'
      from generate_series(1, 5000) as n`);
    await database.query(`delete from chat_messages where session_name < 'session 2'`);
    expect(await runRetention(4.5)).toMatchObject({
      messagesDeleted: expect.any(Number) as number,
      postponed: expect.arrayContaining([expect.stringContaining('chat_messages_p')]) as string[],
    });

    const rest = await file.stream.toArray();
    expect(idsIn(Buffer.concat([first, ...rest]).toString())).toEqual(before);
    expect((await stored()).length).not.toBe(before.length);
  });

  it('holds a snapshot no longer than it is read', async () => {
    await bytesOf();
    expect((await runRetention(4.5)).postponed).toEqual([]);
  });
});

/** Deletes what is older, and waits only briefly for who reads. */
async function runRetention(days: number) {
  const store = openRetentionStore({
    databaseUrl: database.url,
    retentionDays: Math.ceil(days),
    applicationName: 'spec',
    logger: silent,
    detachTimeoutMs: 300,
  });
  let figures = noFigures;
  const cutoff = new Date(Date.now() - days * 86_400_000);
  for await (const step of store.expiredMessages.delete(cutoff)) figures = addFigures(figures, step);
  await store.close();
  return figures;
}

function hash(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
