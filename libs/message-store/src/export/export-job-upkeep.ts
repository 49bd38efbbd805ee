import type { Queryable } from '../database.js';

/** Jobs or files that are looked at in one statement. */
const jobsPerBatch = 100;

/** After so long nobody asks what became of an export, and what its filter looked for is nobody's business any more. */
export const jobsKeptDays = 30;

/** A file of a job: each attempt makes one of its own. */
export interface ExportAttempt {
  readonly id: string;
  readonly attempt: number;
}

/**
 * What has to be tidied up after export jobs. Every method looks at `jobsPerBatch` at most, may be called by several
 * processes at once, and throws StoreUnavailableError and ReadTimeoutError.
 */
export class ExportJobUpkeep {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Files whose time is over, earliest first. Delete them, and say so by `markExpired`. */
  async expiredFiles(): Promise<ExportAttempt[]> {
    return this.#database.query<ExportAttempt & object>(
      `select id, attempts as attempt from export_jobs
       where status = 'succeeded' and expires_at <= now()
       order by expires_at, id limit $1`,
      [jobsPerBatch],
    );
  }

  async markExpired(ids: readonly string[]): Promise<void> {
    await this.#database.query(
      `update export_jobs set status = 'expired'
       where id = any($1::uuid[]) and status = 'succeeded' and expires_at <= now()`,
      [ids],
    );
  }

  /** Those of the files that no job has or makes: of runs that died, and of jobs that are gone. */
  async unwanted(files: readonly ExportAttempt[]): Promise<ExportAttempt[]> {
    return this.#database.query<ExportAttempt & object>(
      `select file.id, file.attempt
       from unnest($1::uuid[], $2::int[]) as file (id, attempt)
       where not exists (
         select from export_jobs job
         where job.id = file.id and job.attempts = file.attempt and job.status in ('running', 'succeeded'))`,
      [files.map(({ id }) => id), files.map(({ attempt }) => attempt)],
    );
  }

  /** Deletes jobs that ended and were asked for over `jobsKeptDays` ago. @returns how many. */
  async deleteOld(): Promise<number> {
    const deleted = await this.#database.query(
      `delete from export_jobs where id in (
         select id from export_jobs
         where created_at < now() - $1 * interval '1 day'
           and status in ('failed', 'cancelled', 'expired')
         order by created_at, id limit $2
         for update skip locked)
       returning id`,
      [jobsKeptDays, jobsPerBatch],
    );
    return deleted.length;
  }
}
