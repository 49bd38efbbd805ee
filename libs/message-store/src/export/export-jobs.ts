import { v7 as uuidV7 } from 'uuid';
import type { Database } from '../database.js';
import { TooManyExportJobsError } from '../message-store.errors.js';
import { decodeCursor, encodeCursor } from '../read/page-cursor.js';
import {
  exportJobColumns,
  exportJobOf,
  filterJsonOf,
  type ExportJob,
  type ExportJobRow,
} from './export-job.js';
import type { ExportRequest } from './message-export.js';

/** One person's jobs that wait or run: more than anybody needs at once, and few enough that none waits for days. */
export const maxUnfinishedJobs = 20;

export interface ExportJobListQuery {
  /** Whose: the id of an agent; everybody's if left out. */
  readonly requestedBy?: string;
  /** 1 or more. */
  readonly limit: number;
  readonly cursor?: string;
}

export interface ExportJobListPage {
  readonly items: readonly ExportJob[];
  readonly nextCursor: string | null;
}

/** The exports that agents asked for, for who asks. Who makes them uses ExportJobRuns. */
export class ExportJobs {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * @param requestedBy the id of the agent.
   * @throws TooManyExportJobsError StoreUnavailableError ReadTimeoutError
   */
  async create(request: ExportRequest, requestedBy: string): Promise<ExportJob> {
    const { filter, format, order, timeZone, gzip } = request;
    const rows = await this.#database.transaction(async (transaction) => {
      // One after the other, or of many at once each would count the same.
      await transaction.query(`select pg_advisory_xact_lock(hashtextextended('export jobs of ' || $1, 0))`, [
        requestedBy,
      ]);
      return transaction.query<ExportJobRow>(insertJob, [
        uuidV7(),
        requestedBy,
        filterJsonOf(filter),
        format,
        order,
        timeZone,
        gzip,
        maxUnfinishedJobs,
      ]);
    });
    if (!rows[0]) throw new TooManyExportJobsError(`${maxUnfinishedJobs} jobs of the agent are unfinished`);
    return exportJobOf(rows[0]);
  }

  /** @param id a UUID. @throws StoreUnavailableError ReadTimeoutError */
  async find(id: string): Promise<ExportJob | undefined> {
    const [row] = await this.#database.query<ExportJobRow>(
      `select ${exportJobColumns} from export_jobs where id = $1`,
      [id],
    );
    return row && exportJobOf(row);
  }

  /** Latest first. @throws InvalidCursorError StoreUnavailableError ReadTimeoutError */
  async list({ requestedBy, limit, cursor }: ExportJobListQuery): Promise<ExportJobListPage> {
    const query = { exportJobsOf: requestedBy ?? 'all' };
    const parameters: unknown[] = [];
    const bind = (value: unknown) => `$${parameters.push(value)}`;
    const conditions = [];
    if (requestedBy !== undefined) conditions.push(`requested_by = ${bind(requestedBy)}`);
    if (cursor !== undefined) {
      const [createdAt, id] = decodeCursor(query, cursor, ['time', 'uuid']);
      conditions.push(`(created_at, id) < (${bind(createdAt)}::timestamptz, ${bind(id)}::uuid)`);
    }
    const rows = await this.#database.query<ExportJobRow>(
      `select ${exportJobColumns} from export_jobs
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by created_at desc, id desc limit ${bind(limit + 1)}`,
      parameters,
    );
    const items = rows.slice(0, limit).map(exportJobOf);
    const last = rows.length > limit ? items.at(-1) : undefined;
    return {
      items,
      nextCursor: last ? encodeCursor(query, [last.createdAt.toISOString(), last.id]) : null,
    };
  }

  /**
   * Ends a job: one that waits or runs is cancelled, and whoever runs it learns of that with its next report; the file of
   * one that succeeded expires now. Nothing happens to one that ended otherwise, or that is not there.
   * @throws StoreUnavailableError ReadTimeoutError
   */
  async end(id: string): Promise<void> {
    await this.#database.query(endJob, [id]);
  }
}

const insertJob = `
  insert into export_jobs
    (id, requested_by, filter, format, row_order, time_zone, gzip, status, created_at)
  select $1::uuid, $2::uuid, $3::jsonb, $4, $5, $6, $7::boolean, 'queued', clock_timestamp()
  where (
    select count(*) from export_jobs where requested_by = $2::uuid and status in ('queued', 'running')
  ) < $8::int
  returning ${exportJobColumns}`;

const endJob = `
  update export_jobs
  set status = case status when 'succeeded' then status else 'cancelled' end,
      -- A timestamptz(3) rounds: cut, it is over for whoever asks next.
      expires_at = case status when 'succeeded' then least(expires_at, date_trunc('milliseconds', now())) end,
      finished_at = coalesce(finished_at, now()),
      lease_owner = null, lease_until = null
  where id = $1 and status in ('queued', 'running', 'succeeded')`;
