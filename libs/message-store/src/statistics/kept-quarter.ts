import type { Queryable } from '../database.js';
import { sumOfSpreads } from './spread.js';
import type { LinkedCount, StretchFigures } from './stretch-count.js';

/**
 * Keeps what was counted of a quarter in the place of what was kept, and the sum of its day if all the day's quarters
 * are there.
 */
export async function keepQuarter(
  transaction: Queryable,
  quarter: Date,
  figures: StretchFigures,
  signal?: AbortSignal,
): Promise<void> {
  await transaction.query(upsertQuarter, valuesOf(quarter, figures), signal);
  await transaction.query(deleteDay, [quarter.toISOString()], signal);
  await transaction.query(insertDay, [quarter.toISOString()], signal);
}

function valuesOf(quarter: Date, counted: StretchFigures): unknown[] {
  const figures = counted.quarters.get(quarter.getTime());
  return [
    quarter.toISOString(),
    figures?.user ?? 0,
    figures?.assistant ?? 0,
    figures?.agent ?? 0,
    figures?.interrupted ?? 0,
    figures?.failed ?? 0,
    figures?.newSessions ?? 0,
    figures?.responses ?? 0,
    figures?.responseSumMs ?? 0,
    ...linked(counted.sessions),
    ...linked(counted.agentSessions),
    ...linked(counted.openTurns),
    [...counted.responses.keys()],
    [...counted.responses.values()],
    JSON.stringify(counted.agents),
  ];
}

function linked({ count, before }: LinkedCount): unknown[] {
  const since = before.length === 0 ? null : before.reduce((least, time) => (time < least ? time : least));
  return [count, before.length, since?.toISOString() ?? null, before.map((time) => time.toISOString())];
}

/** In the order of `valuesOf`. */
const columns = [
  ...['quarter_start', 'user_count', 'assistant_count', 'agent_count', 'interrupted_count', 'failed_count'],
  ...['new_session_count', 'response_count', 'response_sum_ms'],
  ...['session_count', 'returned_count', 'returned_since', 'returned'],
  ...['agent_session_count', 'agent_returned_count', 'agent_returned_since', 'agent_returned'],
  ...['open_turn_count', 'late_answered_count', 'late_answered_since', 'late_answered'],
  ...['response_buckets', 'response_counts', 'agents'],
];

const upsertQuarter = `
  insert into statistics_quarters (${columns.join(', ')})
  values (${columns.map((_, at) => `$${at + 1}`).join(', ')})
  on conflict (quarter_start) do update set
    ${columns
      .slice(1)
      .map((column) => `${column} = excluded.${column}`)
      .join(', ')}`;

const day = `date_trunc('day', $1::timestamptz, 'UTC')`;

const deleteDay = `delete from statistics_days where day_start = ${day}`;

const insertDay = `
  with part as (
    select response_buckets, response_counts, agents
    from statistics_quarters
    where quarter_start >= ${day} and quarter_start < ${day} + interval '24 hours'
  ), ${sumOfSpreads('part')}
  insert into statistics_days (day_start, response_buckets, response_counts, agents)
  select ${day},
         array(select bucket from response order by bucket),
         array(select count from response order by bucket),
         (select coalesce(jsonb_agg(to_jsonb(agent)), '[]') from agent)
  where (select count(*) from part) = 96`;
