import { sqlStateOf, type Queryable } from '../database.js';
import { TooManyIntervalsError, UnknownTimeZoneError } from '../message-store.errors.js';
import type { MessageRole } from '../message.js';
import type { RetentionClock } from '../retention/retention-clock.js';

export interface StatisticsQuery {
  /** Included; the retention cutoff if left out or earlier. */
  readonly from?: Date;
  /** Not included; now if left out. */
  readonly to?: Date;
  /** An IANA name; days and weeks (which begin on Monday) begin at its midnight. */
  readonly timeZone: string;
  readonly interval: 'hour' | 'day' | 'week';
}

export type CountsByRole = Readonly<Record<MessageRole, number>>;

export interface Statistics {
  readonly from: Date;
  readonly to: Date;
  /** Sessions with a message in the range. */
  readonly sessions: number;
  readonly messages: number;
  readonly byRole: CountsByRole;
  /** Of the messages that have one, in milliseconds; `mean` is null when none has. */
  readonly responseTimeMs: { readonly count: number; readonly mean: number | null };
  /** The intervals that hold a message, in order. The first may begin before `from`. */
  readonly series: readonly (CountsByRole & { readonly start: Date })[];
}

const hourMs = 3_600_000;
const intervalMs = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs };

/** 83 days of hours; beyond this a chart shows nothing more. */
const maxIntervals = 2_000;

/** No message is this far ahead of now: the writer makes no partitions for later days. */
const latestAheadMs = 3 * intervalMs.day;

/** Counts the messages of a range, in all and by interval. */
export class MessageStatistics {
  readonly #database: Queryable;
  readonly #clock: RetentionClock;

  constructor(database: Queryable, clock: RetentionClock) {
    this.#database = database;
    this.#clock = clock;
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
    if (from >= to) return summaryOf(to, to, []);

    const countedMs = Math.min(to.getTime(), now.getTime() + latestAheadMs) - from.getTime();
    if (countedMs / intervalMs[query.interval] > maxIntervals) {
      throw new TooManyIntervalsError(`the range holds more than ${maxIntervals} intervals`);
    }
    return summaryOf(from, to, await this.#count(from, to, query, signal));
  }

  async #count(
    from: Date,
    to: Date,
    { interval, timeZone }: StatisticsQuery,
    signal: AbortSignal | undefined,
  ): Promise<IntervalRow[]> {
    try {
      return await this.#database.query<IntervalRow>(countByInterval, [from, to, interval, timeZone], signal);
    } catch (error) {
      // invalid_parameter_value: the interval is one of ours, so it is the zone.
      if (sqlStateOf(error) !== '22023') throw error;
      throw new UnknownTimeZoneError('PostgreSQL does not know this time zone', { cause: error });
    }
  }
}

/** In one statement, so that the sessions are those of the messages that were counted. */
const countByInterval = `
  select date_trunc($3, created_at, $4) as start,
         count(*) filter (where role = 'user')::float8 as "user",
         count(*) filter (where role = 'assistant')::float8 as assistant,
         count(*) filter (where role = 'agent')::float8 as agent,
         count(response_time_ms)::float8 as response_times,
         coalesce(sum(response_time_ms), 0)::float8 as response_time_ms,
         (select count(*)
          from (select distinct session_name from chat_messages where created_at >= $1 and created_at < $2) as session
         )::float8 as sessions
  from chat_messages
  where created_at >= $1 and created_at < $2
  group by start
  order by start`;

interface IntervalRow extends CountsByRole {
  readonly start: Date;
  readonly response_times: number;
  readonly response_time_ms: number;
  readonly sessions: number;
}

function summaryOf(from: Date, to: Date, rows: readonly IntervalRow[]): Statistics {
  const sum = (column: Exclude<keyof IntervalRow, 'start'>) =>
    rows.reduce((total, row) => total + row[column], 0);
  const byRole = { user: sum('user'), assistant: sum('assistant'), agent: sum('agent') };
  const count = sum('response_times');
  return {
    from,
    to,
    sessions: rows[0]?.sessions ?? 0,
    messages: byRole.user + byRole.assistant + byRole.agent,
    byRole,
    responseTimeMs: { count, mean: count === 0 ? null : sum('response_time_ms') / count },
    series: rows.map(({ start, user, assistant, agent }) => ({ start, user, assistant, agent })),
  };
}

function latest(one: Date, other: Date): Date {
  return one > other ? one : other;
}
