import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { exportJob, type ExportJob } from '@chat-history/http-contract';
import { asBytes } from '../../test/as-bytes.js';
import { endedJob } from '../../test/ended-job.js';
import { s3Bucket, s3Credentials, s3Region, S3Server } from '../../test/s3-server.js';
import { startWorkbench, type Workbench } from '../../test/workbench.js';
import { ExportUpkeep } from './export-upkeep.js';

let s3: S3Server;
let workbench: Workbench;
beforeAll(async () => {
  s3 = await S3Server.start();
  workbench = await startWorkbench({
    EXPORT_S3_BUCKET: s3Bucket,
    EXPORT_S3_PREFIX: 'of/this-system/',
    EXPORT_S3_REGION: s3Region,
    EXPORT_S3_ENDPOINT: s3.url,
    EXPORT_S3_ACCESS_KEY_ID: s3Credentials.accessKeyId,
    EXPORT_S3_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
  });
  // More than one part of an upload takes, and what waits behind it.
  await workbench.store({ sessionName: 'small', role: 'user', content: 'hello' });
  await workbench.database.query(`
    insert into chat_messages (session_name, created_at, id, role, content, status)
    select 'large', now(), gen_random_uuid(), 'user', repeat('x', 10000), 'complete' from generate_series(1, 4000)`);
});
afterEach(() => {
  s3.fault = undefined;
  s3.breaksOffAfter = undefined;
});
afterAll(async () => {
  await workbench.stop();
  await s3.stop();
});

const route = '/api/history/exports';

async function ask(sessionName: string): Promise<ExportJob> {
  const { body } = await workbench
    .post(route, 'agent')
    .send({ session_name: sessionName, format: 'csv-raw' })
    .expect(202);
  return exportJob.parse(body);
}

async function jobOf(id: string): Promise<ExportJob> {
  return exportJob.parse((await workbench.get(`${route}/${id}`, 'agent').expect(200)).body);
}

async function ended(id: string): Promise<ExportJob> {
  return endedJob(workbench, id, 'agent');
}

async function queriesRunning(): Promise<number> {
  const rows = await workbench.database.query(
    `select from pg_stat_activity where datname = current_database() and application_name like '% export'`,
  );
  return rows.length;
}

/** Until the upload has begun, and its first part waits for an answer that comes with `release`. */
async function whileUploading(): Promise<{ job: ExportJob; release: () => void }> {
  const { promise, resolve: release } = Promise.withResolvers<undefined>();
  s3.fault = (request) => (request.includes('partNumber=1') ? promise : undefined);
  const job = await ask('large');
  while (!s3.requests.some((request) => request.includes(job.id) && request.includes('partNumber=1')))
    await delay(10);
  return { job, release: () => release(undefined) };
}

describe('an export job with S3', () => {
  it.each(['small', 'large'])('keeps a %s file there, which is read whole and in parts', async (session) => {
    const { id } = await ask(session);
    const job = await ended(id);
    expect(job.status).toBe('succeeded');
    const object = s3.objects.get(`of/this-system/${id}.1`);
    expect(createHash('sha256').update(object!).digest('hex')).toBe(job.manifest?.sha256);
    const download = (range: string) =>
      workbench.get(`${route}/${id}/file`, 'agent').set('Range', range).buffer(true).parse(asBytes);
    const [head, tail] = [await download('bytes=0-19'), await download('bytes=20-')];
    expect([head.status, tail.status]).toEqual([206, 206]);
    expect(Buffer.concat([head.body, tail.body]).equals(object!)).toBe(true);
    await workbench.delete(`${route}/${id}`, 'agent').expect(204);
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
    await workbench.get(`${route}/${id}/file`, 'agent').expect(410);
  });

  it('is cancelled within 2 seconds while it runs, and so is its query; no part is left', async () => {
    const { job, release } = await whileUploading();
    expect((await jobOf(job.id)).status).toBe('running');
    expect(await queriesRunning()).toBe(1);
    const askedAt = performance.now();
    await workbench.delete(`${route}/${job.id}`, 'agent').expect(204);
    expect((await jobOf(job.id)).status).toBe('cancelled');
    while ((await queriesRunning()) > 0) await delay(10);
    expect(performance.now() - askedAt).toBeLessThan(2_000);
    release();
    while (s3.uploads.size > 0) await delay(10);
    expect(s3.objects.size).toBe(0);
  });

  it('says while it runs how far it is', async () => {
    const { job, release } = await whileUploading();
    let running: ExportJob;
    do running = await jobOf(job.id);
    while (running.rows_done === 0);
    expect(running).toMatchObject({ status: 'running', rows_total: 4_000 });
    expect(running.rows_done).toBeLessThanOrEqual(4_000);
    expect(running.bytes).toBeGreaterThan(0);
    release();
    expect(await ended(job.id)).toMatchObject({ status: 'succeeded', rows_done: 4_000 });
    await workbench.delete(`${route}/${job.id}`, 'agent').expect(204);
  });

  it('that the storage breaks off cuts the download, never like a whole one, and says so in the log', async () => {
    const { id } = await ended((await ask('large')).id);
    s3.breaksOffAfter = 3_000_000;
    const answer = await fetch(`${workbench.url}${route}/${id}/file`, {
      headers: { Authorization: `Bearer ${workbench.token('agent')}` },
    });
    expect(answer.status).toBe(200);
    await expect(answer.arrayBuffer()).rejects.toThrow();
    while (!workbench.logLines.some((line) => line.includes('the file broke off'))) await delay(10);
    await workbench.delete(`${route}/${id}`, 'agent').expect(204);
  });

  it('fails when the storage is full, saying so and nothing of where it is; no part is left', async () => {
    s3.fault = (request) =>
      request.includes('partNumber=2') ? { status: 507, code: 'XMinioStorageFull' } : undefined;
    const { id } = await ask('large');
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      error: 'The storage for export files is full. Export less, or tell an operator.',
      manifest: null,
    });
    while (s3.uploads.size > 0) await delay(10);
    expect(s3.objects.size).toBe(0);
    await workbench.get(`${route}/${id}/file`, 'agent').expect(409);
    expect(workbench.logLines.join('')).not.toContain(s3Credentials.secretAccessKey);
  });

  it('fails when the storage refuses, and says so', async () => {
    s3.fault = () => ({ status: 403, code: 'AccessDenied' });
    const { id } = await ask('small');
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      error: 'The file could not be stored. Try again; if that fails as well, tell an operator.',
    });
  });

  it('is answered with 503 while its file cannot be read', async () => {
    const { id } = await ask('small');
    await ended(id);
    s3.fault = () => ({ status: 403, code: 'AccessDenied' });
    const refused = await workbench.get(`${route}/${id}/file`, 'agent');
    expect([refused.status, refused.headers['content-disposition']]).toEqual([503, undefined]);
    s3.fault = undefined;
    await workbench.get(`${route}/${id}/file`, 'agent').expect(200);
    await workbench.delete(`${route}/${id}`, 'agent').expect(204);
  });

  it('whose process died leaves nothing for good, and what is not of an export is left alone', async () => {
    const kept = await ended((await ask('small')).id);
    s3.objects.set('of/this-system/readme', Buffer.from('not a file of ours'));
    s3.objects.set(`of/this-system/${kept.id}.7`, Buffer.from('of a run that is no more'));
    s3.uploads.set('1', { key: `of/this-system/${kept.id}.8`, parts: new Map() });
    await workbench.app.get(ExportUpkeep).deleteLeftovers(new Date(Date.now() + 1_000));
    expect([...s3.objects.keys()].toSorted()).toEqual(
      [`of/this-system/${kept.id}.1`, 'of/this-system/readme'].toSorted(),
    );
    expect(s3.uploads.size).toBe(0);
  });
});
