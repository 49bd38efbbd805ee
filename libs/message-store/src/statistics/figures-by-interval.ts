import type { Queryable } from '../database.js';
import { isKept } from './kept-figures.js';
import { startOfQuarter } from './quarter-hour.js';
import type { RangeFigures } from './range-figures.js';
import type { QuarterFigures, Stretch } from './stretch-count.js';

export interface IntervalFigures extends QuarterFigures {
  readonly start: Date;
}

/** Messages by the hour of the week in a time zone: seven rows from Monday on, of 24 hours each. */
export type HourOfWeek = readonly (readonly number[])[];

export interface FiguresByInterval {
  /** Every interval of the range in order, also those without a message. The first may begin before the range. */
  readonly series: readonly IntervalFigures[];
  readonly hourOfWeek: HourOfWeek;
}

/** How the quarters of a range are put together. */
export interface Intervals {
  readonly interval: 'hour' | 'day' | 'week';
  /** An IANA name. */
  readonly timeZone: string;
}

/** By interval and by hour of the week, from the quarters that are kept and those that were counted one by one. */
export async function figuresByInterval(
  database: Queryable,
  range: Stretch,
  { whole, raw }: Pick<RangeFigures, 'whole' | 'raw'>,
  { interval, timeZone }: Intervals,
  signal?: AbortSignal,
): Promise<FiguresByInterval> {
  const quarters = [...raw].map(([start, figures]) => ({ start: new Date(start), ...figures }));
  const rows = await database.query<Row>(
    sumByInterval,
    [
      new Date(startOfQuarter(range.from.getTime())).toISOString(),
      new Date(startOfQuarter(range.to.getTime() - 1)).toISOString(),
      whole.from.toISOString(),
      whole.to.toISOString(),
      interval,
      timeZone,
      JSON.stringify(quarters),
    ],
    signal,
  );
  const hourOfWeek = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const series: IntervalFigures[] = [];
  for (const { day, hour, start, ...figures } of rows) {
    if (start !== null) series.push({ start, ...figures });
    else hourOfWeek[day! - 1]![hour!] = figures.user + figures.assistant + figures.agent;
  }
  return { series, hourOfWeek };
}

interface Row extends QuarterFigures {
  /** Of an interval; null of an hour of the week, which has a day from 1 (Monday) to 7 and an hour. */
  readonly start: Date | null;
  readonly day: number | null;
  readonly hour: number | null;
}

/** The kept figures under the names of `QuarterFigures`. */
const keptColumns = `
  user_count as "user", assistant_count as assistant, agent_count as agent, interrupted_count as interrupted,
  failed_count as failed, new_session_count as "newSessions", response_count as responses,
  response_sum_ms as "responseSumMs"`;

const sums = [
  'user',
  'assistant',
  'agent',
  'interrupted',
  'failed',
  'newSessions',
  'responses',
  'responseSumMs',
]
  .map((name) => `coalesce(sum(figures."${name}"), 0)::float8 as "${name}"`)
  .join(', ');

const sumByInterval = `
  with figures as (
    select quarter_start, ${keptColumns}
    from statistics_quarters q
    where quarter_start >= $3 and quarter_start < $4 and ${isKept}
    union all
    select start, "user", assistant, agent, interrupted, failed, "newSessions", responses, "responseSumMs"
    from jsonb_to_recordset($7::jsonb)
      as raw (start timestamptz, "user" integer, assistant integer, agent integer, interrupted integer,
              failed integer, "newSessions" integer, responses integer, "responseSumMs" bigint)
  ), quarter as (
    select quarter_start,
           date_trunc($5, quarter_start, $6) as start,
           extract(isodow from quarter_start at time zone $6)::integer as day,
           extract(hour from quarter_start at time zone $6)::integer as hour
    from generate_series($1::timestamptz, $2, interval '15 minutes') as quarter_start
  )
  select quarter.start, quarter.day, quarter.hour, ${sums}
  from quarter left join figures using (quarter_start)
  group by grouping sets ((quarter.start), (quarter.day, quarter.hour))
  order by quarter.start, quarter.day, quarter.hour`;
