import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  openMessageStore,
  openRetentionStore,
  type ClaimedExportJob,
  type ExportRequest,
  type MessageStore,
} from '@chat-history/message-store';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import { createLogger } from '@chat-history/service-shell';
import { Registry } from 'prom-client';
import { mountSmallDisk } from '../../test/full-disk.js';
import { PausingStore } from '../../test/pausing-store.js';
import { ExportMaker } from './export-maker.js';
import { ExportRunner } from './export-runner.js';
import { DirectoryStore } from './store/directory-store.js';
import { ExportStorageError, type ExportStore } from './store/export-store.js';

const messages = 20_000;
const agentId = randomUUID();
const never = new AbortController().signal;
const terms = { leaseMs: 30_000, reportEveryMs: 20 };
const limits = { inAll: 4, perAgent: 4 };
const everything: ExportRequest = {
  filter: {},
  format: 'csv-raw',
  order: 'time',
  timeZone: 'UTC',
  gzip: false,
};

let database: TestDatabase;
let proxy: FlakyProxy;
let store: MessageStore;
let folder: string;
const logLines: string[] = [];
const logger = createLogger('spec', 'info', { write: (line) => logLines.push(line) });

beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await FlakyProxy.to(database.url);
  folder = await mkdtemp(path.join(tmpdir(), 'chat-history-exports-'));
  store = openMessageStore({
    databaseUrl: proxy.url,
    retentionDays: 30,
    spoolDir: path.join(folder, 'spool'),
    applicationName: 'maker-spec',
    logger,
  });
  await database.query(
    `select make_chat_messages_partition(day::date)
     from generate_series(date_trunc('day', now() at time zone 'UTC' - $1 * interval '2 minutes'),
                          now() at time zone 'UTC' + interval '1 day', '1 day') as day`,
    [messages],
  );
  await database.query(
    `insert into chat_messages (session_name, created_at, id, role, content, status)
     select 'session ' || n % 100, date_trunc('milliseconds', now()) - n * interval '2 minutes', gen_random_uuid(),
            'user', 'message ' || n || repeat(' and more', 40), 'complete'
     from generate_series(1, $1) as n`,
    [messages],
  );
});
afterEach(async () => {
  await database.query('truncate export_jobs');
  for (const file of await readdir(folder)) await rm(path.join(folder, file), { recursive: true });
  logLines.length = 0;
});
afterAll(async () => {
  await store.close();
  await proxy.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

function makerWith(files: ExportStore = new DirectoryStore(folder), leaseMs = terms.leaseMs): ExportMaker {
  const options = { ...terms, leaseMs, ttlHours: 24 };
  return new ExportMaker(store.exports, store.exportJobRuns, store.exportJobUpkeep, files, options, logger);
}

async function claimed(request = everything): Promise<ClaimedExportJob> {
  await store.exportJobs.create(request, agentId);
  return claimNext();
}

async function claimNext(): Promise<ClaimedExportJob> {
  const claim = await store.exportJobRuns.claim(limits, terms.leaseMs);
  if (!claim) throw new Error('there is nothing to claim');
  return claim;
}

/** Well before now: the column is rounded to milliseconds, and so may be ahead of the clock. */
const endLease = () => database.query(`update export_jobs set lease_until = now() - interval '1 second'`);

const jobOf = async ({ job }: ClaimedExportJob) => (await store.exportJobs.find(job.id))!;

/** The file that the kept messages make, as text. */
async function snapshotOfNow(): Promise<string> {
  const { stream } = await store.exports.open(everything, never, {
    maxDurationMs: 60_000,
    maxStallMs: 60_000,
  });
  return Buffer.concat(await stream.toArray()).toString();
}

describe('a run of an export job', () => {
  it('makes the file as it was at one moment, whatever is written and deleted meanwhile', async () => {
    const claim = await claimed();
    const expected = await snapshotOfNow();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(claim, never);
    await files.begunBy(making);
    await database.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      select 'late', now() - n * interval '1 hour', gen_random_uuid(), 'user', 'late', 'complete'
      from generate_series(0, 500) as n`);
    const retention = openRetentionStore({
      databaseUrl: database.url,
      retentionDays: 30,
      applicationName: 'maker-spec retention',
      logger,
    });
    // Of the oldest day the beginning goes; as a whole the export would hold it.
    const [{ cutoff } = { cutoff: new Date(0) }] = await database.query<{ cutoff: Date }>(`
      select min(created_at) + (date_trunc('day', min(created_at), 'UTC') + interval '1 day' - min(created_at)) / 2 as cutoff
      from chat_messages`);
    let deleted = 0;
    for await (const step of retention.expiredMessages.delete(cutoff)) deleted += step.messagesDeleted ?? 0;
    await retention.close();
    expect(deleted).toBeGreaterThan(0);
    files.goOn.resolve();
    expect(await making).toMatchObject({ end: 'succeeded' });
    const file = await readFile(path.join(folder, `${claim.job.id}.1`), 'utf8');
    expect(file === expected).toBe(true);
    expect((await jobOf(claim)).rowsDone).toBe(messages);
    expect((await snapshotOfNow()) === expected).toBe(false);
  });

  it('that is told to stop gives the job back, which another makes from the beginning, with the same hash', async () => {
    const undisturbed = await claimed();
    await makerWith().make(undisturbed, never);
    const claim = await claimed();
    const stopping = new AbortController();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(claim, stopping.signal);
    await files.begunBy(making);
    stopping.abort();
    expect(await making).toMatchObject({ end: 'handed over' });
    expect(await jobOf(claim)).toMatchObject({ status: 'queued', rowsDone: 0, bytes: 0 });
    expect(await readdir(folder)).toEqual([`${undisturbed.job.id}.1`]);

    expect(await makerWith().make(await claimNext(), never)).toMatchObject({ end: 'succeeded' });
    const job = await jobOf(claim);
    expect(job).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(job.proof?.sha256).toBe((await jobOf(undisturbed)).proof?.sha256);
    const file = await readFile(path.join(folder, `${job.id}.1`));
    expect(createHash('sha256').update(file).digest('hex')).toBe(job.proof?.sha256);
  });

  it('whose lease ran out ends, and leaves the file of the run that followed alone', async () => {
    const first = await claimed();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(first, never);
    await files.begunBy(making);
    // Faster than the first can report, as a process that was suspended would be.
    await database.query(
      `update export_jobs set lease_until = now() - interval '1 second', lease_owner = gen_random_uuid()`,
    );
    const second = await claimNext();
    expect(second.job).toMatchObject({ id: first.job.id, attempts: 2 });
    expect(await makerWith().make(second, never)).toMatchObject({ end: 'succeeded' });
    expect(await making).toMatchObject({ end: 'lost' });
    expect(await readdir(folder)).toEqual([`${first.job.id}.2`]);
    expect(await jobOf(first)).toMatchObject({ status: 'succeeded', attempts: 2 });
  });

  it('ends when its job is cancelled, and leaves no file', async () => {
    const claim = await claimed();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(claim, never);
    await files.begunBy(making);
    await store.exportJobs.end(claim.job.id);
    expect(await making).toMatchObject({ end: 'lost' });
    expect(await jobOf(claim)).toMatchObject({ status: 'cancelled' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('whose database went away puts the job off, which another begins anew and not for the second time', async () => {
    const claim = await claimed();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(claim, never);
    await files.begunBy(making);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'maker-spec export'`,
    );
    files.goOn.resolve();
    expect(await making).toMatchObject({ end: 'put off' });
    expect(await readdir(folder)).toEqual([]);
    expect(await jobOf(claim)).toMatchObject({ status: 'running', rowsDone: 0 });
    expect(await store.exportJobRuns.claim(limits, terms.leaseMs)).toBeUndefined();
    await endLease();
    expect(await makerWith().make(await claimNext(), never)).toMatchObject({ end: 'succeeded' });
    expect(await jobOf(claim)).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await readdir(folder)).toEqual([`${claim.job.id}.1`]);
  });

  it('whose database stays away puts the job off as soon as it is back', async () => {
    const claim = await claimed();
    const files = new PausingStore(folder);
    const making = makerWith(files).make(claim, never);
    await files.begunBy(making);
    proxy.become('refuse');
    files.goOn.resolve();
    // Long enough to be refused more than once; it says the same of however many times.
    await delay(500);
    proxy.become('pass');
    expect(await making).toMatchObject({ end: 'put off' });
    expect(await readdir(folder)).toEqual([]);
    expect(await database.query('select outages, attempts from export_jobs')).toEqual([
      { outages: 1, attempts: 0 },
    ]);
  });

  it('removes what a run that died left', async () => {
    await claimed();
    await endLease();
    const claim = await claimNext();
    await symlink('/dev/null', path.join(folder, `${claim.job.id}.1.part`));
    expect(await makerWith().make(claim, never)).toMatchObject({ end: 'succeeded' });
    expect(await readdir(folder)).toEqual([`${claim.job.id}.2`]);
  });

  it('whose file is whole keeps it while the database is slow to say so', async () => {
    /** Something else holds the job's row for longer than a statement may wait. */
    class LockingStore extends DirectoryStore {
      override async write(key: string, file: Readable): Promise<void> {
        await super.write(key, file);
        await database.query('begin');
        await database.query('select from export_jobs for update');
        setTimeout(() => void database.query('commit'), 4_500);
      }
    }
    const claim = await claimed();
    expect(await makerWith(new LockingStore(folder)).make(claim, never)).toMatchObject({ end: 'succeeded' });
    expect(await jobOf(claim)).toMatchObject({ status: 'succeeded', error: null });
    expect(await readdir(folder)).toEqual([`${claim.job.id}.1`]);
  });

  it('that failed, and whose file cannot be removed, has failed all the same', async () => {
    class StuckStore extends DirectoryStore {
      override async write(): Promise<void> {
        throw new ExportStorageError('it is read-only');
      }
      override async remove(): Promise<void> {
        throw new ExportStorageError('it is read-only');
      }
    }
    const claim = await claimed();
    expect(await makerWith(new StuckStore(folder)).make(claim, never)).toMatchObject({ end: 'failed' });
    expect(await jobOf(claim)).toMatchObject({ status: 'failed' });
  });

  it('on a full disk fails, says so without a path, and leaves no half file', async () => {
    const disk = mountSmallDisk(1_024);
    const root = disk?.folder ?? folder;
    try {
      const claim = await claimed();
      // Where nothing may be mounted, a device that is always full stands for the disk.
      if (!disk) await symlink('/dev/full', path.join(root, `${claim.job.id}.1.part`));
      expect(await makerWith(new DirectoryStore(root)).make(claim, never)).toMatchObject({ end: 'failed' });
      expect(await jobOf(claim)).toMatchObject({
        status: 'failed',
        error: 'The storage for export files is full. Export less, or tell an operator.',
        proof: null,
      });
      expect(await readdir(root)).toEqual([]);
    } finally {
      disk?.remove();
    }
  });

  it('of what nobody expected says in the log alone what it was', async () => {
    class BrokenStore extends DirectoryStore {
      override async write(): Promise<void> {
        throw new Error('a secret of the machine');
      }
    }
    const claim = await claimed();
    expect(await makerWith(new BrokenStore(folder)).make(claim, never)).toMatchObject({ end: 'failed' });
    expect((await jobOf(claim)).error).toBe(
      'The export failed for a reason that nobody expected. An operator has to look at it.',
    );
    expect(logLines.join('')).toContain('a secret of the machine');
  });
});

describe('runners of export jobs', () => {
  it('make each job once, never more at the same time than may run', async () => {
    const asked = [];
    for (let n = 0; n < 12; n++) {
      const agent = n < 8 ? agentId : randomUUID();
      asked.push(
        await store.exportJobs.create({ ...everything, filter: { sessionName: 'session 1' } }, agent),
      );
    }
    const made: string[] = [];
    let most = 0;
    class CountingMaker extends ExportMaker {
      override async make(claim: ClaimedExportJob, stopping: AbortSignal) {
        made.push(claim.job.id);
        // Asked of the table: a run that has told it of its end still tidies up when the next may begin.
        const running = await database.query(`select from export_jobs where status = 'running'`);
        most = Math.max(most, running.length);
        return super.make(claim, stopping);
      }
    }
    const options = { perProcess: 2, limits: { inAll: 3, perAgent: 2 }, leaseMs: terms.leaseMs, pollMs: 10 };
    const runners = Array.from({ length: 3 }, () => {
      const maker = new CountingMaker(
        store.exports,
        store.exportJobRuns,
        store.exportJobUpkeep,
        new DirectoryStore(folder),
        { ...terms, ttlHours: 24 },
        logger,
      );
      return new ExportRunner(store.exportJobRuns, maker, options, new Registry(), logger);
    });
    for (const runner of runners) runner.onApplicationBootstrap();
    const unfinished = `select from export_jobs where status in ('queued', 'running')`;
    while ((await database.query(unfinished)).length > 0) await delay(20);
    await Promise.all(runners.map((runner) => runner.beforeApplicationShutdown()));
    expect(made.toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
    expect(most).toBeLessThanOrEqual(3);
    expect(await readdir(folder)).toHaveLength(12);
  });
});
