import type { Queryable } from '../database.js';
import { quarterMs } from './quarter-hour.js';
import { sumOfSpreads, type Spread } from './spread.js';
import type { AgentFigures, QuarterFigures, Stretch } from './stretch-count.js';

/** What the kept quarters of a range have in sum. */
export interface KeptFigures extends Spread {
  readonly totals: QuarterFigures;
  readonly sessions: number;
  readonly agentSessions: number;
  readonly openTurns: number;
}

/** SQL: quarters that are counted, and that no late message has changed since; `q` in `statistics_quarters`. */
export const isKept = `not exists (select from statistics_marks mark where mark.quarter_start = q.quarter_start)`;

/** The parts of a range of whole quarters that are not kept, in order; those side by side are one. */
export async function stretchesNotKept(
  database: Queryable,
  { from, to }: Stretch,
  signal?: AbortSignal,
): Promise<Stretch[]> {
  const last = new Date(to.getTime() - quarterMs);
  return database.query<Stretch>(findNotKept, [from.toISOString(), last.toISOString()], signal);
}

/**
 * Adds up the kept quarters of a range.
 * @param since what was there before this does not count as before; the beginning of the whole range.
 */
export async function sumKept(
  database: Queryable,
  { from, to }: Stretch,
  since: Date,
  signal?: AbortSignal,
): Promise<KeptFigures> {
  const range = [from.toISOString(), to.toISOString()];
  const [totals] = await database.query<TotalsRow>(sumQuarters, [...range, since.toISOString()], signal);
  const [spread] = await database.query<SpreadRow>(sumSpreads, range, signal);
  if (!totals || !spread) throw new Error('a sum returned no row');
  const { sessions, agentSessions, openTurns, ...others } = totals;
  return {
    totals: others,
    sessions,
    agentSessions,
    openTurns,
    responses: new Map(spread.buckets),
    agents: spread.agents.map(({ lastAt, ...agent }) => ({ ...agent, lastAt: new Date(lastAt) })),
  };
}

const findNotKept = `
  select min(start) as "from", max(start) + interval '15 minutes' as "to"
  from (
    select start, start - row_number() over (order by start) * interval '15 minutes' as island
    from generate_series($1::timestamptz, $2, interval '15 minutes') as quarter (start)
    where not exists (select from statistics_quarters q where q.quarter_start = quarter.start and ${isKept})
  ) as uncounted
  group by island
  order by 1`;

interface TotalsRow extends QuarterFigures {
  readonly sessions: number;
  readonly agentSessions: number;
  readonly openTurns: number;
}

interface SpreadRow {
  readonly buckets: readonly (readonly [number, number])[];
  readonly agents: readonly (Omit<AgentFigures, 'lastAt'> & { readonly lastAt: string })[];
}

/** Most rows need only be told how many there are: what came before them came within the range, too. */
const before = (column: string) => `
  case when ${column}_since >= $3 or ${column}_count = 0 then ${column}_count
       else (select count(*) from unnest(${column}) as time where time >= $3) end`;

const sum = (expression: string) => `coalesce(sum(${expression}), 0)::float8`;

const sumQuarters = `
  select ${sum('user_count')} as "user", ${sum('assistant_count')} as assistant, ${sum('agent_count')} as agent,
         ${sum('interrupted_count')} as interrupted, ${sum('failed_count')} as failed,
         ${sum('new_session_count')} as "newSessions",
         ${sum('response_count')} as responses, ${sum('response_sum_ms')} as "responseSumMs",
         ${sum(`session_count - ${before('returned')}`)} as sessions,
         ${sum(`agent_session_count - ${before('agent_returned')}`)} as "agentSessions",
         ${sum(`open_turn_count - ${before('late_answered')}`)} as "openTurns"
  from statistics_quarters q
  where quarter_start >= $1 and quarter_start < $2 and ${isKept}`;

/** Whole days where they are kept, and the quarters beside them. */
const sumSpreads = `
  with day as (
    select day_start, response_buckets, response_counts, agents
    from statistics_days
    where day_start >= $1 and day_start <= $2::timestamptz - interval '24 hours'
      and not exists (select from statistics_marks mark
                      where mark.quarter_start >= day_start and mark.quarter_start < day_start + interval '24 hours')
  ), part as (
    select response_buckets, response_counts, agents from day
    union all
    select response_buckets, response_counts, agents
    from statistics_quarters q
    where quarter_start >= $1 and quarter_start < $2 and ${isKept}
      and date_trunc('day', quarter_start, 'UTC') not in (select day_start from day)
  ), ${sumOfSpreads('part')}
  select (select coalesce(json_agg(json_build_array(bucket, count)), '[]') from response) as buckets,
         (select coalesce(json_agg(agent), '[]') from agent) as agents`;
