import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { exportJob, type ExportJob } from '@chat-history/http-contract';
import { openMessageStore } from '@chat-history/message-store';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { s3Bucket, s3Credentials, s3Region, S3Server } from '../test/s3-server.js';
import { jwtSecret, password } from '../test/workbench.js';

const main = path.join(__dirname, '../dist/main.js');
const rows = 4_000;

describe('agent-workbench-api in a process of its own', () => {
  let database: TestDatabase;
  let folder: string;
  let s3: S3Server;
  const services = new Set<ChildProcessByStdio<null, Readable, null>>();
  let s3Environment: Record<string, string>;
  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(path.join(tmpdir(), 'chat-history-api-'));
    s3 = await S3Server.start();
    s3Environment = {
      EXPORT_S3_BUCKET: s3Bucket,
      EXPORT_S3_REGION: s3Region,
      EXPORT_S3_ENDPOINT: s3.url,
      EXPORT_S3_ACCESS_KEY_ID: s3Credentials.accessKeyId,
      EXPORT_S3_SECRET_ACCESS_KEY: s3Credentials.secretAccessKey,
    };
    const store = openMessageStore({
      databaseUrl: database.url,
      retentionDays: 30,
      spoolDir: path.join(folder, 'spool'),
      applicationName: 'main-spec',
      logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    await store.agents.create({ username: 'mei', name: 'Mei', role: 'supervisor', password });
    await store.close();
    await database.query(`select make_chat_messages_partition(current_date)`);
    // More than one part of an upload takes, and what waits behind it.
    await database.query(
      `insert into chat_messages (session_name, created_at, id, role, content, status)
       select 's', current_date, gen_random_uuid(), 'user', repeat('x', 10000) || n, 'complete'
       from generate_series(1, $1) as n`,
      [rows],
    );
  });
  afterEach(async () => {
    s3.fault = undefined;
    s3.requests.length = 0;
    for (const service of services) {
      service.kill('SIGKILL');
      services.delete(service);
    }
    await database.query('truncate export_jobs');
  });
  afterAll(async () => {
    await s3.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it('killed while it makes an export, started again ends it, with the same hash', async () => {
    const first = await start();
    const undisturbed = await ended(first.url, (await ask(first.url)).id);
    expect(undisturbed).toMatchObject({ status: 'succeeded', manifest: { rows, attempts: 1 } });

    const paused = pauseFirstPart();
    const job = await ask(first.url);
    await paused.begun(job.id);
    first.service.kill('SIGKILL');
    await first.ended;
    paused.release();
    // The dead process's lease would hold for half a minute.
    await database.query(`update export_jobs set lease_until = now() where status = 'running'`);

    const second = await start();
    const made = await ended(second.url, job.id);
    expect(made).toMatchObject({ status: 'succeeded', error: null, manifest: { rows, attempts: 2 } });
    expect(made.manifest?.sha256).toBe(undisturbed.manifest?.sha256);
    // Nothing is left of the first attempt.
    expect(s3.uploads.size).toBe(0);
    expect([...s3.objects.keys()].some((key) => key.endsWith(`${job.id}.1`))).toBe(false);
  });

  it('told to stop while it makes an export gives it back, for the next to make', async () => {
    const first = await start();
    const paused = pauseFirstPart();
    const job = await ask(first.url);
    await paused.begun(job.id);
    first.service.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    expect(await database.query('select id, status, attempts, rows_done, error from export_jobs')).toEqual([
      { id: job.id, status: 'queued', attempts: 0, rows_done: '0', error: null },
    ]);
    paused.release();
    const second = await start();
    expect(await ended(second.url, job.id)).toMatchObject({
      status: 'succeeded',
      manifest: { rows, attempts: 1 },
    });
  });

  /** The first part of the next upload waits for its answer until `release`. */
  function pauseFirstPart() {
    const { promise, resolve: release } = Promise.withResolvers<undefined>();
    s3.fault = (request) => (request.includes('partNumber=1') ? promise : undefined);
    return {
      release: () => {
        s3.fault = undefined;
        release(undefined);
      },
      async begun(id: string): Promise<void> {
        while (!s3.requests.some((request) => request.includes(id) && request.includes('partNumber=1')))
          await delay(20);
      },
    };
  }

  async function ask(url: string): Promise<ExportJob> {
    const { headers } = await signedIn(url);
    const answer = await fetch(`${url}/api/history/exports`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ format: 'csv-raw' }),
    });
    expect(answer.status).toBe(202);
    return exportJob.parse(await answer.json());
  }

  async function jobOf(url: string, id: string): Promise<ExportJob> {
    const answer = await fetch(`${url}/api/history/exports/${id}`, await signedIn(url));
    return exportJob.parse(await answer.json());
  }

  async function ended(url: string, id: string): Promise<ExportJob> {
    for (;;) {
      const job = await jobOf(url, id);
      if (job.status !== 'queued' && job.status !== 'running') return job;
      await delay(50);
    }
  }

  /** Of every process alike: they share the secret. */
  let token: string | undefined;
  async function signedIn(url: string): Promise<{ headers: Record<string, string> }> {
    token ??= await logIn(url);
    return { headers: { Authorization: `Bearer ${token}` } };
  }

  async function start() {
    const service = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.url,
        AUTH_JWT_SECRET: jwtSecret,
        API_PORT: '0',
        CHAT_HISTORY_SPOOL_DIR: path.join(folder, 'spool'),
        ...s3Environment,
      },
    });
    services.add(service);
    const exited = once(service, 'close').then(([code]) => code as number | null);
    for await (const line of createInterface({ input: service.stdout })) {
      const { msg, port } = JSON.parse(line) as { msg: string; port?: number };
      if (msg !== 'agent-workbench-api is ready') continue;
      service.stdout.resume();
      return { service, url: `http://127.0.0.1:${port}`, ended: exited };
    }
    throw new Error('agent-workbench-api ended before it was ready');
  }
});

async function logIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'mei', password }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
