import { createHash, randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { exportJob, type ExportJob } from '@chat-history/http-contract';
import type { AgentRole } from '@chat-history/message-store';
import { asBytes } from '../../test/as-bytes.js';
import { endedJob } from '../../test/ended-job.js';
import { startWorkbench, type Workbench } from '../../test/workbench.js';
import { ExportUpkeep } from './export-upkeep.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await workbench.store(
    { sessionName: 's', role: 'user', content: '=1+1' },
    { sessionName: 's', role: 'assistant', content: '退款 takes 3 days', responseTimeMs: 12 },
    { sessionName: 't', role: 'user', content: 'in another session' },
  );
});
afterAll(() => workbench.stop());
afterEach(() => workbench.database.query('truncate export_jobs'));

const route = '/api/history/exports';

function ask(body: object, account: AgentRole = 'supervisor') {
  return workbench.post(route, account).send(body);
}

async function jobOf(id: string, account: AgentRole = 'supervisor'): Promise<ExportJob> {
  const { status, body } = await workbench.get(`${route}/${id}`, account);
  expect(status).toBe(200);
  return exportJob.parse(body);
}

/** The job once it has ended. */
async function ended(id: string): Promise<ExportJob> {
  return endedJob(workbench, id, 'supervisor');
}

async function made(body: object): Promise<ExportJob> {
  const { status, body: job } = await ask(body);
  expect(status).toBe(202);
  const succeeded = await ended(job.id);
  expect(succeeded).toMatchObject({ status: 'succeeded', error: null });
  return succeeded;
}

function download(id: string, headers: Record<string, string> = {}, account: AgentRole = 'supervisor') {
  return workbench.get(`${route}/${id}/file`, account).set(headers).buffer(true).parse(asBytes);
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Jobs of the supervisor that another process seems to run. */
async function runningElsewhere(count: number): Promise<string[]> {
  const rows = await workbench.database.query<{ id: string }>(
    `insert into export_jobs (id, requested_by, filter, format, row_order, time_zone, gzip, status, attempts,
                              lease_owner, lease_until, created_at)
     select gen_random_uuid(), (select id from agents where username = 'supervisor'), '{}', 'csv', 'time', 'UTC', false,
            'running', 1, gen_random_uuid(), now() + interval '1 hour', now()
     from generate_series(1, $1)
     returning id`,
    [count],
  );
  return rows.map(({ id }) => id);
}

/** Whether the file of a first attempt is on the disk. */
async function hasFile(id: string): Promise<boolean> {
  return (await readdir(workbench.exportDir)).includes(`${id}.1`);
}

describe('an export job', () => {
  it('is answered at once, and makes the file with what proves it', async () => {
    const { status, headers, body } = await ask({
      q: '退款',
      session_name: 's',
      from: '2026-01-01',
      time_zone: 'Asia/Shanghai',
    });
    expect(status).toBe(202);
    expect(headers['location']).toBe(`${route}/${body.id}`);
    const asked = exportJob.parse(body);
    const filter = { q: '退款', session_name: 's', from: '2026-01-01T00:00:00.000Z' };
    expect(asked).toMatchObject({ filter, format: 'csv', time_zone: 'Asia/Shanghai', manifest: null });

    const job = await ended(body.id);
    const file = await download(job.id);
    expect(job).toMatchObject({ status: 'succeeded', rows_done: 1, rows_total: 1, bytes: file.body.length });
    expect(job.manifest).toEqual({
      filter,
      format: 'csv',
      order: 'time',
      time_zone: 'Asia/Shanghai',
      gzip: false,
      snapshot_at: expect.any(String),
      rows: 1,
      bytes: file.body.length,
      sha256: hashOf(file.body),
      cut_cells: 0,
      inert_cells: expect.any(Number),
      attempts: 1,
    });
    expect(Date.parse(job.expires_at!) - Date.parse(job.finished_at!)).toBe(24 * 3_600_000);
  });

  it.each(['csv', 'csv-raw', 'jsonl'])(
    'has the same %s file as the export that is streamed',
    async (format) => {
      const { id } = await made({ format });
      const file = await download(id);
      const streamed = await workbench
        .get(`/api/history/export?format=${format}`, 'supervisor')
        .buffer(true)
        .parse(asBytes);
      expect(file.body.toString()).toBe(streamed.body.toString());
      expect(file.headers['content-type']).toBe(streamed.headers['content-type']);
      expect(file.headers['content-disposition']).toBe(streamed.headers['content-disposition']);
    },
  );

  it('can be compressed: bytes and hash are those of the compressed file', async () => {
    const job = await made({ format: 'csv-raw', gzip: true });
    const file = await download(job.id);
    expect(file.headers['content-encoding']).toBeUndefined();
    expect([job.bytes, job.manifest?.sha256]).toEqual([file.body.length, hashOf(file.body)]);
    const plain = await download((await made({ format: 'csv-raw' })).id);
    expect(gunzipSync(file.body).equals(plain.body)).toBe(true);
  });

  it('of the same messages has the same hash', async () => {
    const [first, second] = [await made({}), await made({})];
    expect(first.manifest?.sha256).toBe(second.manifest?.sha256);
  });

  it('with faults names them', async () => {
    const { status, body } = await ask({ format: 'pdf', role: 'bot', from: 'yesterday', colour: 'red' });
    expect(status).toBe(400);
    const fields = body.errors.map(({ field }: { field: string }) => field);
    expect(fields).toEqual(expect.arrayContaining(['format', 'role', 'from']));
    expect((await workbench.get(`${route}/not-an-id`, 'agent')).status).toBe(400);
  });

  it('of more than one session needs a supervisor', async () => {
    const refused = await ask({}, 'agent');
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      'To export more than one session you need to be a supervisor.',
    ]);
    const answer = await ask({ session_name: 's' }, 'agent');
    expect([answer.status, answer.body.requested_by_name]).toEqual([202, 'The agent']);
  });

  it("is nobody else's, but for admins", async () => {
    const { id } = await made({ session_name: 's' });
    for (const path of [`${route}/${id}`, `${route}/${id}/file`]) {
      expect((await workbench.get(path, 'agent')).status).toBe(404);
      expect((await workbench.get(path, 'admin')).status).toBe(200);
      expect((await workbench.get(path)).status).toBe(403);
    }
    expect((await workbench.delete(`${route}/${id}`, 'agent')).status).toBe(404);
    expect((await workbench.get(`${route}/${randomUUID()}`, 'admin')).status).toBe(404);
    const listed = async (account: AgentRole) =>
      (await workbench.get(route, account)).body.items.map((job: ExportJob) => job.id);
    expect(await listed('agent')).toEqual([]);
    expect(await listed('supervisor')).toEqual([id]);
    expect(await listed('admin')).toEqual([id]);
  });

  it('is listed page by page, latest first', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++) ids.unshift((await ask({})).body.id);
    const first = (await workbench.get(`${route}?limit=2`, 'supervisor')).body;
    const cursor = encodeURIComponent(first.next_cursor);
    const second = (await workbench.get(`${route}?limit=2&cursor=${cursor}`, 'supervisor')).body;
    expect([...first.items, ...second.items].map((job: ExportJob) => job.id)).toEqual(ids);
    expect(second.next_cursor).toBeNull();
    for (const id of ids) await ended(id);
  });

  it('is refused while too many of the same agent are unfinished', async () => {
    const [first] = await runningElsewhere(20);
    const refused = await ask({});
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true]);
    expect((await ask({ session_name: 's' }, 'agent')).status).toBe(202);
    await workbench.delete(`${route}/${first}`, 'supervisor').expect(204);
    expect((await ask({})).status).toBe(202);
  });

  it('that runs has no file, and can be cancelled, also twice', async () => {
    const [id] = await runningElsewhere(1);
    const refused = await workbench.get(`${route}/${id}/file`, 'supervisor');
    expect([refused.status, refused.body.detail]).toEqual([409, 'The export is running: there is no file.']);
    for (let n = 0; n < 2; n++) await workbench.delete(`${route}/${id}`, 'supervisor').expect(204);
    expect((await jobOf(id!)).status).toBe('cancelled');
    expect((await workbench.get(`${route}/${id}/file`, 'supervisor')).status).toBe(409);
  });

  it('that is deleted has no file any more', async () => {
    const { id } = await made({});
    expect(await hasFile(id)).toBe(true);
    for (let n = 0; n < 2; n++) {
      expect((await workbench.delete(`${route}/${id}`, 'supervisor')).status).toBe(204);
    }
    expect(await jobOf(id)).toMatchObject({ status: 'expired', manifest: { rows: 3 } });
    expect((await download(id)).status).toBe(410);
    expect(await hasFile(id)).toBe(false);
  });

  it('that expired has no file from that moment on, and soon none on the disk', async () => {
    const { id } = await made({});
    const kept = await made({});
    await workbench.database.query('update export_jobs set expires_at = now() where id = $1', [id]);
    expect((await download(id)).status).toBe(410);
    expect((await jobOf(id)).status).toBe('expired');
    await workbench.app.get(ExportUpkeep).deleteExpired();
    expect([await hasFile(id), await hasFile(kept.id)]).toEqual([false, true]);
    expect((await download(kept.id)).status).toBe(200);
  });

  it('shows in the metrics', async () => {
    await made({});
    const { text } = await workbench.get('/metrics');
    expect(text).toMatch(/^chat_history_export_runs_total\{end="succeeded"\} [1-9]/m);
    expect(text).toMatch(/^chat_history_export_jobs_running 0/m);
    expect(text).toMatch(/^chat_history_export_bytes_total [1-9]/m);
  });
});

describe('the file of an export job', () => {
  let job: ExportJob;
  let whole: Buffer;
  beforeEach(async () => {
    job = await made({});
    whole = (await download(job.id)).body;
  });

  it('says what it is and how long', async () => {
    const { status, headers } = await download(job.id);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="chat-history-\d{4}-\d\d-\d\d\.csv"$/,
      ),
      'content-length': String(job.bytes),
      etag: `"${job.manifest?.sha256}"`,
      'accept-ranges': 'bytes',
    });
  });

  it('answers HEAD with the same headers', async () => {
    const token = workbench.token('supervisor');
    const answer = await fetch(`${workbench.url}${route}/${job.id}/file`, {
      method: 'HEAD',
      headers: { Authorization: `Bearer ${token}`, Range: 'bytes=0-3' },
    });
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('etag')]).toEqual([
      200,
      String(job.bytes),
      `"${job.manifest?.sha256}"`,
    ]);
  });

  it('resumes: the pieces of a broken download are the whole', async () => {
    const etag = `"${job.manifest?.sha256}"`;
    const cut = Math.floor(job.bytes / 2);
    const head = await download(job.id, { Range: `bytes=0-${cut - 1}` });
    const tail = await download(job.id, { Range: `bytes=${cut}-`, 'If-Range': etag });
    expect([head.status, tail.status]).toEqual([206, 206]);
    expect(tail.headers['content-range']).toBe(`bytes ${cut}-${job.bytes - 1}/${job.bytes}`);
    expect(tail.headers['content-length']).toBe(String(job.bytes - cut));
    expect(hashOf(Buffer.concat([head.body, tail.body]))).toBe(job.manifest?.sha256);
  });

  it.each([
    ['bytes=-5', 206],
    ['bytes=0-99999999', 206],
    ['bytes=0-1,4-5', 200],
    ['lines=1-2', 200],
    ['bytes=x', 200],
    ['bytes=99999999-', 416],
  ])('answers %s with %d', async (range, status) => {
    const answer = await download(job.id, { Range: range });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.equals(whole)).toBe(true);
    if (status === 416) {
      expect(answer.headers['content-range']).toBe(`bytes */${job.bytes}`);
      expect(answer.headers.etag).toBeUndefined();
    }
    if (range === 'bytes=-5') expect(answer.body.equals(whole.subarray(-5))).toBe(true);
  });

  it('is sent whole when it is another than the one that was begun', async () => {
    const answer = await download(job.id, { Range: 'bytes=3-', 'If-Range': '"another"' });
    expect([answer.status, answer.body.equals(whole)]).toEqual([200, true]);
  });

  it('is not sent again to who has it', async () => {
    const answer = await download(job.id, { 'If-None-Match': `"${job.manifest?.sha256}"` });
    expect([answer.status, answer.body.length]).toEqual([304, 0]);
  });
});
