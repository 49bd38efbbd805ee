import { sqlStateOf, type Database } from '../database.js';
import { TooManyIntervalsError, UnknownTimeZoneError } from '../message-store.errors.js';
import type { MessageRole } from '../message.js';
import { defaultReaderPool } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import {
  figuresByInterval,
  type FiguresByInterval,
  type Intervals,
} from '../statistics/figures-by-interval.js';
import { figuresOfRange, type RangeFigures } from '../statistics/range-figures.js';
import type { Stretch } from '../statistics/stretch-count.js';
import { takenUntil } from '../write/partition-maker.js';
import { withTimeout } from './with-timeout.js';
import {
  noTotals,
  seriesOf,
  totalsOf,
  type StatisticsInterval,
  type StatisticsTotals,
} from './statistics-totals.js';

export interface StatisticsQuery extends Intervals {
  /** Included; the retention cutoff if left out or earlier. */
  readonly from?: Date;
  /** Not included; now if left out. */
  readonly to?: Date;
}

export type CountsByRole = Readonly<Record<MessageRole, number>>;

export interface Statistics extends StatisticsTotals {
  readonly from: Date;
  readonly to: Date;
  /**
   * The intervals of the range in order, also those without a message, as far as now or the last message. Days and
   * weeks (which begin on Monday) begin at midnight of the time zone; the first may begin before `from`.
   */
  readonly series: readonly StatisticsInterval[];
  /** Messages by day, Monday first, and hour of the time zone. */
  readonly hourOfWeek: readonly (readonly number[])[];
  readonly previous: PreviousStatistics;
}

/** Of the period of equal length that ends where the range begins. */
export interface PreviousStatistics extends StatisticsTotals {
  readonly from: Date;
  readonly to: Date;
  /** The period began before the retention cutoff: it is shorter, or empty. */
  readonly isCut: boolean;
}

const hourMs = 3_600_000;
const intervalMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

/** 83 days of hours; beyond this a chart shows nothing more. */
const maxIntervals = 2_000;

const oneSnapshot = 'begin isolation level repeatable read, read only';

/** Counts the messages of a range, in all and by interval. */
export class MessageStatistics {
  readonly #database: Pick<Database, 'transaction'>;
  readonly #clock: RetentionClock;
  readonly #timeoutMs: number;

  /** @param timeoutMs what a summary may take in all. */
  constructor(
    database: Pick<Database, 'transaction'>,
    clock: RetentionClock,
    timeoutMs = defaultReaderPool.statementTimeoutMs,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @throws TooManyIntervalsError the range holds over 2,000 intervals.
   * @throws UnknownTimeZoneError StoreUnavailableError ReadTimeoutError ReadCancelledError
   */
  async summarize(query: StatisticsQuery, signal?: AbortSignal): Promise<Statistics> {
    const now = this.#clock.now();
    const cutoff = this.#clock.cutoff();
    const to = query.to ?? now;
    const from = latest(query.from ?? cutoff, cutoff);
    if (from >= to) return emptyStatistics(to);

    const end = new Date(Math.min(to.getTime(), takenUntil(now).getTime()));
    if ((end.getTime() - from.getTime()) / intervalMs[query.interval] > maxIntervals) {
      throw new TooManyIntervalsError(`the range holds more than ${maxIntervals} intervals`);
    }
    const previousFrom = from.getTime() - (to.getTime() - from.getTime());
    const previous = { from: latest(new Date(Math.max(previousFrom, 0)), cutoff), to: from };
    const figures = await this.#count({ from, to: end }, previous, query, signal);
    return {
      from,
      to,
      ...totalsOf(figures.range),
      series: seriesOf(figures.byInterval.series, now),
      hourOfWeek: figures.byInterval.hourOfWeek,
      previous: { ...previous, isCut: previousFrom < cutoff.getTime(), ...totalsOf(figures.previous) },
    };
  }

  async #count(
    range: Stretch,
    previous: Stretch,
    intervals: Intervals,
    signal: AbortSignal | undefined,
  ): Promise<Counted> {
    const until = withTimeout(this.#timeoutMs, signal);
    try {
      return await this.#database.transaction(
        async (snapshot) => {
          const figures = await figuresOfRange(snapshot, range, until);
          return {
            range: figures,
            previous: await figuresOfRange(snapshot, previous, until),
            byInterval: await figuresByInterval(snapshot, range, figures, intervals, until),
          };
        },
        oneSnapshot,
        until,
      );
    } catch (error) {
      // invalid_parameter_value: the interval is one of ours, so it is the zone.
      if (sqlStateOf(error) !== '22023') throw error;
      throw new UnknownTimeZoneError('PostgreSQL does not know this time zone', { cause: error });
    }
  }
}

interface Counted {
  readonly range: RangeFigures;
  readonly previous: RangeFigures;
  readonly byInterval: FiguresByInterval;
}

function emptyStatistics(at: Date): Statistics {
  return {
    from: at,
    to: at,
    ...noTotals,
    series: [],
    hourOfWeek: Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0)),
    previous: { from: at, to: at, isCut: false, ...noTotals },
  };
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
