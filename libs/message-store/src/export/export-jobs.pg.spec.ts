import { randomUUID } from 'node:crypto';
import { InvalidCursorError, TooManyExportJobsError } from '../message-store.errors.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { jobsKeptDays } from './export-job-upkeep.js';
import { maxExportAttempts, maxExportOutages, type ClaimedExportJob } from './export-job-runs.js';
import { maxUnfinishedJobs } from './export-jobs.js';
import type { ExportRequest } from './message-export.js';
import { openExportJobs, type OpenExportJobs } from './open-export-jobs.js';

let database: TestDatabase;
let exports: OpenExportJobs;
beforeAll(async () => {
  database = await createTestDatabase();
  exports = open();
});
afterEach(() => database.query('truncate export_jobs'));
afterAll(async () => {
  await exports.close();
  await database.drop();
});

function open(): OpenExportJobs {
  return openExportJobs({ databaseUrl: database.url, applicationName: 'jobs-spec', logger: console });
}

const agent = randomUUID();
const everything: ExportRequest = {
  filter: {},
  format: 'csv',
  order: 'time',
  timeZone: 'UTC',
  gzip: false,
};
const limits = { inAll: 4, perAgent: 2 };
const leaseMs = 30_000;
const done = {
  rows: 3,
  bytes: 44,
  sha256: 'a'.repeat(64),
  snapshotAt: new Date('2026-11-01T08:00:00.123Z'),
  cutCells: 1,
  inertCells: 2,
  ttlHours: 24,
};

const create = (requestedBy = agent) => exports.jobs.create(everything, requestedBy);

async function claim(): Promise<ClaimedExportJob> {
  const claimed = await exports.runs.claim(limits, leaseMs);
  if (!claimed) throw new Error('there is nothing to claim');
  return claimed;
}

const statusOf = async (id: string) => (await exports.jobs.find(id))?.status;
/** Well before now: the column is rounded to milliseconds, and so may be ahead of the clock. */
const endLease = (id: string) =>
  database.query(`update export_jobs set lease_until = now() - interval '1 second' where id = $1`, [id]);

describe('an export job', () => {
  it('is found as it was asked for, waiting', async () => {
    const request: ExportRequest = {
      filter: {
        q: 'nul \0 and \ud800',
        sessionName: '会话',
        role: 'user',
        agentId: 'a',
        status: 'failed',
        from: new Date('2026-11-01T00:00:00Z'),
        to: new Date('2026-11-02T00:00:00.001Z'),
      },
      format: 'txt',
      order: 'session',
      timeZone: 'Asia/Shanghai',
      gzip: true,
    };
    const { id } = await exports.jobs.create(request, agent);
    expect(await exports.jobs.find(id)).toEqual({
      ...request,
      filter: { ...request.filter, q: 'nul \ufffd and \ufffd' },
      id,
      requestedBy: agent,
      requestedByName: null,
      status: 'queued',
      attempts: 0,
      rowsDone: 0,
      rowsTotal: null,
      bytes: 0,
      createdAt: expect.any(Date),
      startedAt: null,
      finishedAt: null,
      expiresAt: null,
      error: null,
      proof: null,
    });
    expect(await exports.jobs.find(randomUUID())).toBeUndefined();
  });

  it('is refused while twenty of the same agent are unfinished, however many are asked for at once', async () => {
    const asked = await Promise.allSettled(Array.from({ length: maxUnfinishedJobs + 5 }, () => create()));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(maxUnfinishedJobs);
    await expect(create()).rejects.toThrow(TooManyExportJobsError);
    await create(randomUUID());
    const { job } = await claim();
    await exports.jobs.end(job.id);
    await create();
  });

  it('is listed latest first, page by page, an agent his own', async () => {
    const other = randomUUID();
    const ids: string[] = [];
    for (const requestedBy of [agent, other, agent, agent, other]) {
      ids.unshift((await create(requestedBy)).id);
    }
    // Of one moment, so that ties are met.
    await database.query('update export_jobs set created_at = now()');
    const listed = async (requestedBy?: string) => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await exports.jobs.list({ requestedBy, limit: 2, cursor });
        expect(page.items.length).toBeLessThanOrEqual(2);
        found.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    expect(await listed()).toEqual(ids);
    expect(await listed(agent)).toEqual([ids[1], ids[2], ids[4]]);
    const { nextCursor } = await exports.jobs.list({ limit: 1 });
    await expect(exports.jobs.list({ requestedBy: agent, limit: 1, cursor: nextCursor! })).rejects.toThrow(
      InvalidCursorError,
    );
  });
});

describe('the run of an export job', () => {
  it('takes the job that waited longest, says how far it is, and proves the file', async () => {
    const { id } = await create();
    await create();
    const claimed = await claim();
    expect(claimed.job).toMatchObject({ id, status: 'running', attempts: 1, startedAt: expect.any(Date) });
    expect(await exports.runs.report(claimed, { rowsDone: 2, rowsTotal: 3, bytes: 33 }, leaseMs)).toBe(true);
    expect(await exports.jobs.find(id)).toMatchObject({ rowsDone: 2, rowsTotal: 3, bytes: 33 });
    expect(await exports.runs.succeed(claimed, done)).toBe(true);
    const job = await exports.jobs.find(id);
    expect(job).toMatchObject({
      status: 'succeeded',
      attempts: 1,
      rowsDone: 3,
      rowsTotal: 3,
      bytes: 44,
      finishedAt: expect.any(Date),
      proof: { sha256: done.sha256, snapshotAt: done.snapshotAt, cutCells: 1, inertCells: 2 },
    });
    const keptMs = job!.expiresAt!.getTime() - job!.finishedAt!.getTime();
    expect(Math.round(keptMs / 3_600_000)).toBe(24);
  });

  it('is one, however many processes claim at once', async () => {
    const { id } = await create();
    const processes = Array.from({ length: 8 }, open);
    const claims = await Promise.all(processes.map(({ runs }) => runs.claim(limits, leaseMs)));
    expect(claims.filter(Boolean).length).toBeLessThanOrEqual(1);
    expect(claims.find(Boolean)?.job.id ?? (await claim()).job.id).toBe(id);
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
    await Promise.all(processes.map((process) => process.close()));
  });

  it('is one of two for an agent and of four in all, and others go ahead of who has two', async () => {
    for (let n = 0; n < 3; n++) await create();
    const others = [randomUUID(), randomUUID(), randomUUID()];
    for (const other of others) await create(other);
    const claims = [];
    for (let n = 0; n < 6; n++) claims.push(await exports.runs.claim(limits, leaseMs));
    expect(claims.map((claimed) => claimed?.job.requestedBy)).toEqual([
      agent,
      agent,
      others[0],
      others[1],
      undefined,
      undefined,
    ]);
    await exports.runs.fail(claims[0]!, 'why');
    expect((await claim()).job.requestedBy).toBe(agent);
  });

  it('whose lease is over loses the job to the next, and can change nothing any more', async () => {
    const { id } = await create();
    const first = await claim();
    await endLease(id);
    const second = await claim();
    expect(second.job).toMatchObject({ id, attempts: 2, rowsDone: 0 });
    const progress = { rowsDone: 1, rowsTotal: 1, bytes: 1 };
    expect(await exports.runs.report(first, progress, leaseMs)).toBe(false);
    expect(await exports.runs.succeed(first, done)).toBe(false);
    expect(await exports.runs.fail(first, 'late')).toBe(false);
    expect(await exports.runs.putOff(first, 0)).toBe('lost');
    await exports.runs.handOver(first);
    expect(await exports.jobs.find(id)).toMatchObject({ status: 'running', attempts: 2, bytes: 0 });
    expect(await exports.runs.report(second, progress, leaseMs)).toBe(true);
  });

  it('keeps the job while it reports', async () => {
    const { id } = await create();
    const claimed = await claim();
    await endLease(id);
    await exports.runs.report(claimed, { rowsDone: 1, rowsTotal: null, bytes: 1 }, leaseMs);
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
  });

  it('is not begun a fourth time: the job fails', async () => {
    const { id } = await create();
    for (let attempt = 1; attempt <= maxExportAttempts; attempt++) {
      expect((await claim()).job.attempts).toBe(attempt);
      await endLease(id);
    }
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
    expect(await exports.jobs.find(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('begun 3 times'),
      finishedAt: expect.any(Date),
    });
  });

  it('that hands the job over lets the next begin at once, without counting', async () => {
    const { id } = await create();
    const claimed = await claim();
    await exports.runs.report(claimed, { rowsDone: 1, rowsTotal: 2, bytes: 3 }, leaseMs);
    await exports.runs.handOver(claimed);
    expect(await exports.jobs.find(id)).toMatchObject({
      status: 'queued',
      startedAt: null,
      rowsDone: 0,
      rowsTotal: null,
      bytes: 0,
    });
    expect((await claim()).job).toMatchObject({ id, attempts: 1 });
  });

  it('that the database went away from puts the job off without counting, and changes nothing any more', async () => {
    const { id } = await create();
    const first = await claim();
    expect(await exports.runs.putOff(first, leaseMs)).toBe('put off');
    expect(await exports.runs.report(first, { rowsDone: 1, rowsTotal: 1, bytes: 1 }, leaseMs)).toBe(false);
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
    await endLease(id);
    expect(await claim()).toMatchObject({ job: { id, attempts: 1 }, outages: 1 });
  });

  it('is put off so often and no more: the job fails', async () => {
    const { id } = await create();
    for (let outage = 1; outage < maxExportOutages; outage++) {
      expect(await exports.runs.putOff(await claim(), leaseMs)).toBe('put off');
      await endLease(id);
    }
    expect(await exports.runs.putOff(await claim(), 0)).toBe('failed');
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
    expect(await exports.jobs.find(id)).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('went away 20 times'),
    });
  });

  it('learns of its end with its next report', async () => {
    const { id } = await create();
    const claimed = await claim();
    await exports.jobs.end(id);
    expect(await statusOf(id)).toBe('cancelled');
    expect(await exports.runs.report(claimed, { rowsDone: 1, rowsTotal: 1, bytes: 1 }, leaseMs)).toBe(false);
    expect(await exports.runs.succeed(claimed, done)).toBe(false);
    expect(await statusOf(id)).toBe('cancelled');
  });
});

describe('ending an export job', () => {
  it('cancels one that waits', async () => {
    const { id } = await create();
    await exports.jobs.end(id);
    expect(await exports.jobs.find(id)).toMatchObject({ status: 'cancelled', finishedAt: expect.any(Date) });
    expect(await exports.runs.claim(limits, leaseMs)).toBeUndefined();
  });

  it('lets the file of one that succeeded expire at once, and leaves its proof', async () => {
    const { id } = await create();
    await exports.runs.succeed(await claim(), done);
    await exports.jobs.end(id);
    expect(await exports.jobs.find(id)).toMatchObject({
      status: 'expired',
      proof: { sha256: done.sha256 },
    });
    expect(await exports.upkeep.expiredFiles()).toEqual([{ id, attempt: 1 }]);
    await exports.upkeep.markExpired([id]);
    expect(await exports.upkeep.expiredFiles()).toEqual([]);
    expect(await statusOf(id)).toBe('expired');
  });

  it('changes nothing about one that has ended, however often', async () => {
    const { id } = await create();
    await exports.runs.fail(await claim(), 'why');
    const before = await exports.jobs.find(id);
    await exports.jobs.end(id);
    await exports.jobs.end(id);
    expect(await exports.jobs.find(id)).toEqual(before);
    await exports.jobs.end(randomUUID());
  });
});

describe('the upkeep of export jobs', () => {
  it('finds files whose time is over, and no others', async () => {
    const { id } = await create();
    await exports.runs.succeed(await claim(), done);
    await exports.upkeep.markExpired([id]);
    expect(await exports.upkeep.expiredFiles()).toEqual([]);
    expect(await statusOf(id)).toBe('succeeded');
    await database.query('update export_jobs set expires_at = now()');
    expect(await exports.upkeep.expiredFiles()).toEqual([{ id, attempt: 1 }]);
    expect(await statusOf(id)).toBe('expired');
  });

  it('tells files that no job has or makes', async () => {
    const running = await create();
    await claim();
    const succeeded = await create();
    await exports.runs.succeed(await claim(), done);
    const failed = await create();
    await exports.runs.fail(await claim(), 'why');
    const files = [running, succeeded, failed, { id: randomUUID() }].map(({ id }) => ({ id, attempt: 1 }));
    const ofAnEarlierRun = { id: running.id, attempt: 0 };
    expect(await exports.upkeep.unwanted([...files, ofAnEarlierRun])).toEqual([
      files[2],
      files[3],
      ofAnEarlierRun,
    ]);
  });

  it('deletes what ended over a month ago', async () => {
    const failed = await create();
    await exports.runs.fail(await claim(), 'why');
    const succeeded = await create();
    await exports.runs.succeed(await claim(), done);
    const queued = await create();
    await database.query(`update export_jobs set created_at = now() - $1 * interval '1 day'`, [jobsKeptDays]);
    expect(await exports.upkeep.deleteOld()).toBe(1);
    expect(await statusOf(failed.id)).toBeUndefined();
    expect(await statusOf(succeeded.id)).toBe('succeeded');
    expect(await statusOf(queued.id)).toBe('queued');
  });
});
