import { randomUUID } from 'node:crypto';
import { advisoryLocks } from '../advisory-locks.js';
import type { Database } from '../database.js';
import { exportJobColumns, exportJobOf, type ExportJob, type ExportJobRow } from './export-job.js';

/** Then it is not the process that is at fault, and the job would take its turns from others for ever. */
export const maxExportAttempts = 3;

const diedTooOften =
  `The export was begun ${maxExportAttempts} times, and each time what made it went away. ` +
  'Export a shorter time range, or tell an operator.';

/** At ten seconds and more each; then it may be the export that the database does not bear. */
export const maxExportOutages = 20;

const interruptedTooOften =
  `The database went away ${maxExportOutages} times while the export was made. ` +
  'Export a shorter time range, or tell an operator.';

export interface ClaimLimits {
  /** Jobs that run at the same time, of all processes. */
  readonly inAll: number;
  /** … and of these for one agent. */
  readonly perAgent: number;
}

/** A job and the lease under which its run may change it. */
export interface ClaimedExportJob {
  readonly job: ExportJob;
  /** Of this run alone: what a run reports whose lease another has by now changes nothing. */
  readonly leaseOwner: string;
  /** How often the database went away beneath its earlier runs. */
  readonly outages: number;
}

export interface ExportProgress {
  readonly rowsDone: number;
  readonly rowsTotal: number | null;
  readonly bytes: number;
}

export interface FinishedExport {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly snapshotAt: Date;
  readonly cutCells: number;
  readonly inertCells: number;
  /** How long the file is kept. */
  readonly ttlHours: number;
}

/**
 * Export jobs for who makes them: a job is claimed under a lease, reported on while it lasts, and ended. Every method
 * throws StoreUnavailableError and ReadTimeoutError.
 */
export class ExportJobRuns {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The job that has waited longest and may run: one that is queued, or one whose lease is over because its process
   * died; undefined when there is none. One that died too often fails instead.
   */
  async claim({ inAll, perAgent }: ClaimLimits, leaseMs: number): Promise<ClaimedExportJob | undefined> {
    // Asked every second by every process, and nearly always in vain.
    const waiting = await this.#database.query(`select from export_jobs where ${isClaimable} limit 1`);
    if (waiting.length === 0) return undefined;
    const leaseOwner = randomUUID();
    const rows = await this.#database.transaction(async (transaction) => {
      // Two that claim at once would each count what runs without the other's. Who comes second comes again.
      const [lock] = await transaction.query<{ is_ours: boolean }>(
        'select pg_try_advisory_xact_lock($1) as is_ours',
        [advisoryLocks.exportClaim],
      );
      if (!lock?.is_ours) return [];
      await transaction.query(failExhausted, [maxExportAttempts, diedTooOften]);
      return transaction.query<ExportJobRow & { outages: number }>(claimNext, [
        inAll,
        perAgent,
        leaseOwner,
        leaseMs,
      ]);
    });
    return rows[0] && { job: exportJobOf(rows[0]), leaseOwner, outages: rows[0].outages };
  }

  /** Says how far it is, and renews the lease. @returns false when the job is no longer this run's, or was cancelled. */
  async report(claimed: ClaimedExportJob, progress: ExportProgress, leaseMs: number): Promise<boolean> {
    return this.#change(
      claimed,
      `lease_until = clock_timestamp() + $3 * interval '1 millisecond', rows_done = $4, rows_total = $5, bytes = $6`,
      [leaseMs, progress.rowsDone, progress.rowsTotal, progress.bytes],
    );
  }

  /** @returns false when the job is no longer this run's: then its file is nobody's. */
  async succeed(claimed: ClaimedExportJob, file: FinishedExport): Promise<boolean> {
    return this.#change(
      claimed,
      `status = 'succeeded', finished_at = clock_timestamp(), lease_owner = null, lease_until = null,
       rows_done = $3, rows_total = $3, bytes = $4, sha256 = $5, snapshot_at = $6, cut_cells = $7, inert_cells = $8,
       expires_at = clock_timestamp() + $9 * interval '1 hour'`,
      [
        file.rows,
        file.bytes,
        file.sha256,
        file.snapshotAt.toISOString(),
        file.cutCells,
        file.inertCells,
        file.ttlHours,
      ],
    );
  }

  /** @param error what who asked is told. @returns false when the job is no longer this run's. */
  async fail(claimed: ClaimedExportJob, error: string): Promise<boolean> {
    return this.#change(
      claimed,
      `status = 'failed', finished_at = clock_timestamp(), lease_owner = null, lease_until = null, error = $3`,
      [error],
    );
  }

  /**
   * Gives the job back after the database was away, for whoever claims next once `waitMs` are over: one that comes back
   * after a failover often goes again. It does not count as begun; what meets too many outages fails instead.
   * @returns `lost` when the job is no longer this run's.
   */
  async putOff(claimed: ClaimedExportJob, waitMs: number): Promise<'put off' | 'failed' | 'lost'> {
    if (claimed.outages + 1 === maxExportOutages) {
      return (await this.fail(claimed, interruptedTooOften)) ? 'failed' : 'lost';
    }
    // A lease of nobody: from now on the run's own reports are refused.
    const isPutOff = await this.#change(
      claimed,
      `attempts = attempts - 1, outages = outages + 1, lease_owner = gen_random_uuid(),
       lease_until = clock_timestamp() + $3 * interval '1 millisecond', rows_done = 0, rows_total = null, bytes = 0`,
      [waitMs],
    );
    return isPutOff ? 'put off' : 'lost';
  }

  /** Gives the job back, for whoever claims next. It does not count as begun: nothing is wrong with it. */
  async handOver(claimed: ClaimedExportJob): Promise<void> {
    await this.#change(
      claimed,
      `status = 'queued', attempts = attempts - 1, lease_owner = null, lease_until = null, started_at = null,
       rows_done = 0, rows_total = null, bytes = 0`,
      [],
    );
  }

  async #change({ job, leaseOwner }: ClaimedExportJob, set: string, values: unknown[]): Promise<boolean> {
    const changed = await this.#database.query(
      `update export_jobs set ${set} where id = $1 and lease_owner = $2 and status = 'running' returning id`,
      [job.id, leaseOwner, ...values],
    );
    return changed.length > 0;
  }
}

const isClaimable = `
  (status = 'queued' or (status = 'running' and lease_until <= clock_timestamp()))`;

const failExhausted = `
  update export_jobs
  set status = 'failed', finished_at = clock_timestamp(), lease_owner = null, lease_until = null, error = $2
  where status = 'running' and lease_until <= clock_timestamp() and attempts >= $1`;

/** A row that somebody is just cancelling is passed over. */
const claimNext = `
  with running as (
    select requested_by, count(*) as jobs from export_jobs
    where status = 'running' and lease_until > clock_timestamp()
    group by requested_by
  ), next as (
    select id from export_jobs job
    where ${isClaimable}
      and (select coalesce(sum(jobs), 0) from running) < $1
      and coalesce((select jobs from running where running.requested_by = job.requested_by), 0) < $2
    order by created_at, id
    limit 1
    for update skip locked
  )
  update export_jobs
  set status = 'running', attempts = attempts + 1, lease_owner = $3,
      lease_until = clock_timestamp() + $4 * interval '1 millisecond', started_at = clock_timestamp(),
      rows_done = 0, rows_total = null, bytes = 0
  where id in (select id from next)
  returning ${exportJobColumns}, outages`;
