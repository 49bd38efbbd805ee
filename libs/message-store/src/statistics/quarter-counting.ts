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
  /** The beginning of the oldest that waits. */
  readonly oldest: Date | undefined;
  /** The beginnings of those to count next, oldest first. */
  readonly next: readonly Date[];
}

/** Which quarters are to be counted next. */
export interface NextQuarters {
  /** How many at most. */
  readonly limit: number;
  /** The beginnings of those that are left out. */
  readonly except: readonly Date[];
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
 * marked. Each in a transaction of its own, whose first statement takes the marks away and whose later ones count: what
 * commits in between has marked the quarter anew. Killed in the middle, it has done nothing.
 */
export class QuarterCounting {
  readonly #database: Database;
  readonly #options: QuarterCountingOptions;

  constructor(database: Database, options: QuarterCountingOptions) {
    this.#database = database;
    this.#options = options;
  }

  /**
   * Looks through all marks, of which an import leaves a million: to be asked once for many quarters. Changes nothing.
   * @throws as `Queryable.query`.
   */
  async uncounted({ limit, except }: NextQuarters, signal?: AbortSignal): Promise<UncountedQuarters> {
    const parameters = [
      this.#options.now?.().toISOString() ?? null,
      this.#options.retentionDays,
      this.#settleMs,
      except.map((quarter) => quarter.toISOString()),
      limit,
    ];
    const [row] = await this.#database.query<UncountedRow>(findUncounted, parameters, signal);
    if (!row) throw new Error('a count returned no row');
    return { ...row, oldest: row.oldest ?? undefined };
  }

  /**
   * Counts a quarter if it is still to be counted: since it was found, another worker may have done it, or a late
   * message may have marked it anew.
   * @param signal ends the count; then it has done nothing.
   * @returns whether it did; it does not while another worker is counting.
   * @throws as `Queryable.query`.
   */
  async count(quarter: Date, signal?: AbortSignal): Promise<boolean> {
    const work = async (transaction: Queryable) => {
      const isDue =
        (await isAlone(transaction, signal)) && (await this.#takeMarks(transaction, quarter, signal));
      if (!isDue) return false;
      const to = new Date(quarter.getTime() + quarterMs);
      // However old: what is past its retention is not so any more when messages are to be kept for longer.
      const figures = await countStretch(transaction, { from: quarter, to }, new Date(0), signal);
      await keepQuarter(transaction, quarter, figures, signal);
      return true;
    };
    return this.#database.transaction(work, 'begin isolation level read committed', signal);
  }

  /** @returns whether the quarter is to be counted; if not, its marks are left. */
  async #takeMarks(transaction: Queryable, quarter: Date, signal?: AbortSignal): Promise<boolean> {
    const parameters = [quarter.toISOString(), this.#settleMs];
    const [row] = await transaction.query<{ due: boolean }>(takeMarks, parameters, signal);
    return row?.due === true;
  }

  get #settleMs(): number {
    return this.#options.settleMs ?? settleMs;
  }
}

interface UncountedRow extends Omit<UncountedQuarters, 'oldest'> {
  readonly oldest: Date | null;
}

async function isAlone(transaction: Queryable, signal?: AbortSignal): Promise<boolean> {
  const parameters = [advisoryLocks.quarterCounting];
  const [lock] = await transaction.query<{ held: boolean }>(takeLock, parameters, signal);
  return lock?.held === true;
}

const takeLock = 'select pg_try_advisory_xact_lock($1) as held';

/** SQL: whether nobody has marked a quarter for a while. */
const isSettled = (markedAt: string, ms: string) => `${markedAt} <= now() - ${ms} * interval '1 millisecond'`;

const takeMarks = `
  with mark as (
    select max(marked_at) as marked_at from statistics_marks where quarter_start = $1
  ), taken as (
    delete from statistics_marks
    where quarter_start = $1 and (select ${isSettled('marked_at', '$2')} from mark)
  )
  select coalesce(${isSettled('marked_at', '$2')},
                  not exists (select from statistics_quarters where quarter_start = $1)) as due
  from mark`;

/** From the first quarter that is wholly kept, or that has a message, to the last that is closed. */
const findUncounted = `
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
      and coalesce(${isSettled('mark.marked_at', '$3')}, true)
  ), next as (
    select start from due where start <> all ($4::timestamptz[]) order by start limit $5
  )
  select count(*)::int as waiting, min(start) as oldest, (select count(*)::int from mark) as marked,
         array(select start from next order by start) as next
  from due`;
