import { v7 as uuidV7 } from 'uuid';
import type { Queryable } from '../database.js';
import type { RetentionFigures } from './retention-figures.js';

export interface RetentionRunStart {
  readonly cutoff: Date;
  readonly startedAt: Date;
  /** Nothing is deleted; the figures say what would be. */
  readonly dryRun: boolean;
}

export interface GoodRun {
  readonly cutoff: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date;
}

/** The receipts of all runs, in `retention_runs`. One that was killed has no `finished_at`. */
export class RetentionRuns {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** The earlier of this process's clock and the database's: neither of them, set wrong, deletes what is to be kept. */
  async now(): Promise<Date> {
    const [row] = await this.#database.query<{ now: Date }>(`select least($1::timestamptz, now()) as now`, [
      new Date().toISOString(),
    ]);
    return row?.now ?? new Date();
  }

  /** @returns the receipt's id. */
  async begin(start: RetentionRunStart): Promise<string> {
    const id = uuidV7();
    await this.#database.query(
      `insert into retention_runs (id, cutoff, started_at, dry_run) values ($1, $2, $3, $4)`,
      [id, start.cutoff.toISOString(), start.startedAt.toISOString(), start.dryRun],
    );
    return id;
  }

  /**
   * @param error why the run failed; null when it did not.
   * @returns when it ended: by the database's clock, so never before it started.
   */
  async finish(id: string, figures: RetentionFigures, error: string | null): Promise<Date> {
    const [row] = await this.#database.query<{ finished_at: Date }>(
      `update retention_runs
       set finished_at = now(), partitions_dropped = $2, messages_deleted = $3, sessions_deleted = $4, postponed = $5,
           error = $6
       where id = $1
       returning finished_at`,
      [
        id,
        figures.partitionsDropped,
        figures.messagesDeleted,
        figures.sessionsDeleted,
        figures.postponed,
        error,
      ],
    );
    return row?.finished_at ?? new Date();
  }

  /** The latest run that ended without an error and was no dry run. */
  async lastGood(): Promise<GoodRun | undefined> {
    const [run] = await this.#database.query<GoodRun>(
      `select cutoff, started_at as "startedAt", finished_at as "finishedAt"
       from retention_runs
       where finished_at is not null and error is null and not dry_run
       order by started_at desc, id desc
       limit 1`,
    );
    return run;
  }

  /**
   * Whether the latest run was killed, failed, or postponed something, so that the next one has to go on from there. Not
   * so when it was refused, which is a dry run with an error: that one waits for a person.
   */
  async leftSomething(): Promise<boolean> {
    const [run] = await this.#database.query<{ left: boolean }>(
      `select not dry_run and (finished_at is null or error is not null or cardinality(postponed) > 0) as left
       from retention_runs
       where not dry_run or error is not null
       order by started_at desc, id desc
       limit 1`,
    );
    return run?.left === true;
  }
}
