import { advisoryLocks } from '../advisory-locks.js';
import type { Database, Queryable } from '../database.js';
import { keepQuarter } from './kept-quarter.js';
import { quarterMs, quarterOf } from './quarter-hour.js';
import { countStretch } from './stretch-count.js';

export interface QuarterCountingOptions {
  /** Days of 24 hours that a message is kept. */
  readonly retentionDays: number;
  /** For how long a quarter was not marked any more when it is counted again; `settleMs` if left out. */
  readonly settleMs?: number;
  /** What the time is, instead of the database's clock. */
  readonly now?: () => Date;
}

/** What there is to be counted. */
export interface UncountedQuarters {
  /** Closed quarters that were never counted, or have to be counted again now. */
  readonly waiting: number;
  /** Quarters that late messages have marked, also those that have not settled. */
  readonly marked: number;
  /** The beginning of the oldest of them. */
  readonly oldest: Date | undefined;
}

/** By then every message that was said in a quarter has been written, or comes late and marks it. */
const closedAfter = '5 minutes';

/**
 * Two late messages of one session whose statements run at the same time do not see each other, so that neither marks
 * the other's quarter for what it changes there. Longer than the two longest statements of a writer (60 s each), so
 * that both are seen when either's quarter is counted again.
 */
const settleMs = 180_000;

/**
 * Counts closed quarter-hours for the statistics: those that were never counted, and those that a late message has
 * marked, oldest first. Each in a transaction of its own, whose first statement takes the marks away and whose later
 * ones count: what commits in between has marked the quarter anew. Killed in the middle, it has done nothing.
 */
export class QuarterCounting {
  readonly #database: Database;
  readonly #options: QuarterCountingOptions;

  constructor(database: Database, options: QuarterCountingOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Counts the oldest quarter that is to be counted.
   * @returns its beginning; undefined when there is none, or another worker is counting.
   * @throws StoreUnavailableError ReadTimeoutError
   */
  async countNext(): Promise<Date | undefined> {
    return this.#database.transaction(async (transaction) => {
      const [lock] = await transaction.query<{ held: boolean }>(
        'select pg_try_advisory_xact_lock($1) as held',
        [advisoryLocks.quarterCounting],
      );
      if (!lock?.held) return undefined;
      const { oldest } = await this.#due(transaction);
      if (oldest) await count(transaction, oldest);
      return oldest;
    }, 'begin isolation level read committed');
  }

  /** Changes nothing. */
  async uncounted(): Promise<UncountedQuarters> {
    return this.#due(this.#database);
  }

  async #due(database: Queryable): Promise<UncountedQuarters> {
    const [row] = await database.query<{ waiting: number; marked: number; oldest: Date | null }>(findDue, [
      this.#options.now?.().toISOString() ?? null,
      this.#options.retentionDays,
      this.#options.settleMs ?? settleMs,
    ]);
    return { waiting: row?.waiting ?? 0, marked: row?.marked ?? 0, oldest: row?.oldest ?? undefined };
  }
}

async function count(transaction: Queryable, quarter: Date): Promise<void> {
  await transaction.query('delete from statistics_marks where quarter_start = $1', [quarter.toISOString()]);
  const to = new Date(quarter.getTime() + quarterMs);
  // However old: what is past its retention is not so any more when messages are to be kept for longer.
  const figures = await countStretch(transaction, { from: quarter, to }, new Date(0));
  await keepQuarter(transaction, quarter, figures);
}

/** From the first quarter that is wholly kept, or that has a message, to the last that is closed. */
const findDue = `
  with clock as (
    select coalesce($1::timestamptz, now()) as now, (select min(first_message_at) from chat_sessions) as first_at
  ), span as (
    select greatest(${quarterOf(`now - $2 * interval '24 hours' + interval '15 minutes' - interval '1 microsecond'`)},
                    ${quarterOf('first_at')}) as first,
           ${quarterOf(`now - interval '${closedAfter}'`)} - interval '15 minutes' as last
    from clock
    where first_at is not null
  ), mark as (
    select quarter_start, max(marked_at) as marked_at from statistics_marks group by quarter_start
  ), due as (
    select quarter.start
    from span
    cross join generate_series(first, last, interval '15 minutes') as quarter (start)
    left join mark on mark.quarter_start = quarter.start
    left join statistics_quarters counted on counted.quarter_start = quarter.start
    where (mark.quarter_start is not null or counted.quarter_start is null)
      and coalesce(mark.marked_at <= now() - $3 * interval '1 millisecond', true)
  )
  select count(*)::int as waiting, min(start) as oldest, (select count(*)::int from mark) as marked from due`;
