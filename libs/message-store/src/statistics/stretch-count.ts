import type { Queryable } from '../database.js';
import { lastBefore, type ReturningSession } from './last-before.js';
import { quarterOf } from './quarter-hour.js';
import { bucketOf, type ResponseHistogram } from './response-histogram.js';

/** Half-open. */
export interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

/** What simply adds up. Answers are messages of assistants and agents. */
export interface QuarterFigures {
  readonly user: number;
  readonly assistant: number;
  readonly agent: number;
  readonly interrupted: number;
  readonly failed: number;
  readonly newSessions: number;
  readonly responses: number;
  readonly responseSumMs: number;
}

export interface AgentFigures {
  readonly agentId: string | null;
  /** As in the last of its messages. */
  readonly agentName: string | null;
  readonly messages: number;
  readonly lastAt: Date;
  readonly lastId: string;
}

/**
 * What adds up only with the times of what came before: each stands for one that an earlier stretch has counted, if
 * that reaches back to it.
 */
export interface LinkedCount {
  readonly count: number;
  readonly before: readonly Date[];
}

/** The figures of the messages of a stretch. */
export interface StretchFigures {
  /** By the beginning of the quarter-hour, of those that have a message. */
  readonly quarters: ReadonlyMap<number, QuarterFigures>;
  /** Sessions with a message, and when those of before had their last one before the stretch. */
  readonly sessions: LinkedCount;
  /** The same of messages of agents. */
  readonly agentSessions: LinkedCount;
  /** Turns without an answer in the stretch, and those of before that are answered here. */
  readonly openTurns: LinkedCount;
  readonly responses: ResponseHistogram;
  readonly agents: readonly AgentFigures[];
}

/**
 * Counts the messages of a stretch of time one by one.
 * @param since what was before this does not count as before.
 */
export async function countStretch(
  database: Queryable,
  { from, to }: Stretch,
  since: Date,
  signal?: AbortSignal,
): Promise<StretchFigures> {
  const [row] = await database.query<StretchRow>(
    countMessages,
    [from.toISOString(), to.toISOString(), since.toISOString()],
    signal,
  );
  if (!row) throw new Error('a count returned no row');
  const before = await lastBefore(
    database,
    row.returning.map(returningSession),
    { from: since, to: from },
    signal,
  );
  return {
    quarters: new Map(row.quarters.map(({ start, ...figures }) => [Date.parse(start), figures])),
    sessions: { count: row.sessions, before: before.messages },
    agentSessions: { count: row.agent_sessions, before: before.agentMessages },
    openTurns: { count: row.open_turns, before: before.openTurns },
    responses: new Map(row.buckets),
    agents: row.agents.map(({ lastAt, ...agent }) => ({ ...agent, lastAt: new Date(lastAt) })),
  };
}

interface StretchRow {
  readonly quarters: readonly ({ readonly start: string } & QuarterFigures)[];
  readonly sessions: number;
  readonly agent_sessions: number;
  readonly open_turns: number;
  readonly buckets: readonly (readonly [number, number])[];
  readonly agents: readonly (Omit<AgentFigures, 'lastAt'> & { readonly lastAt: string })[];
  readonly returning: readonly (readonly [string, string, boolean, boolean])[];
}

function returningSession([
  name,
  firstAt,
  hasAgent,
  beginsAnswered,
]: StretchRow['returning'][number]): ReturningSession {
  return { name, firstAt: new Date(firstAt), hasAgent, beginsAnswered };
}

const jsonOf = (rows: string) => `(select coalesce(json_agg(item), '[]') from (${rows}) as found (item))`;

/**
 * An event is a turn's question or a whole answer. A session is new with the message that it started with, and with none
 * once that is deleted, however long messages are kept later. A session without a row of its own, which `reconcile`
 * makes, counts as one that was not there before. Rows of sessions are looked up one by one (LIMIT keeps them from being
 * joined as a whole): there are hundreds in a quarter-hour, of hundreds of thousands.
 */
const countMessages = `
  with message as materialized (
    select session_name, created_at, id, role, status, response_time_ms, agent_id, agent_name
    from chat_messages
    where created_at >= $1 and created_at < $2
  ), event as (
    select session_name, role = 'user' as is_turn,
           lag(role) over said is null as is_first,
           lead(role) over said as next_role
    from message
    where role = 'user' or status = 'complete'
    window said as (partition by session_name order by created_at, id)
  ), said as (
    select session_name, bool_or(role = 'agent') as has_agent from message group by session_name
  ), session as materialized (
    select said.session_name, said.has_agent, kept.first_message_at, kept.started_at
    from said
    left join lateral (
      select first_message_at, started_at from chat_sessions where session_name = said.session_name limit 1
    ) kept on true
  ), started as (
    select ${quarterOf('started_at')} as start, count(*) as new_sessions
    from session
    where (session_name, started_at) in (select session_name, created_at from message)
    group by 1
  ), quarter as (
    select ${quarterOf('created_at')} as start,
           count(*) filter (where role = 'user') as "user",
           count(*) filter (where role = 'assistant') as assistant,
           count(*) filter (where role = 'agent') as agent,
           count(*) filter (where role <> 'user' and status = 'interrupted') as interrupted,
           count(*) filter (where role <> 'user' and status = 'failed') as failed,
           count(response_time_ms) as responses,
           coalesce(sum(response_time_ms), 0) as response_sum_ms
    from message
    group by 1
  ), agent as (
    select agent_id, count(*) as messages,
           (array_agg(agent_name order by created_at desc, id desc))[1] as agent_name,
           max(created_at) as last_at,
           (array_agg(id order by created_at desc, id desc))[1] as last_id
    from message where role = 'agent' group by agent_id
  )
  select (select count(*) from session)::int as sessions,
         (select count(*) from session where has_agent)::int as agent_sessions,
         (select count(*) from event where is_turn and coalesce(next_role, 'user') = 'user')::int as open_turns,
         ${jsonOf(`
           select json_build_object('start', start, 'user', "user", 'assistant', assistant, 'agent', agent,
                    'interrupted', interrupted, 'failed', failed, 'newSessions', coalesce(new_sessions, 0),
                    'responses', responses, 'responseSumMs', response_sum_ms)
           from quarter left join started using (start)`)} as quarters,
         ${jsonOf(`
           select json_build_array(bucket, count(*))
           from (select ${bucketOf('response_time_ms')} as bucket
                 from message where response_time_ms is not null) as response
           group by bucket`)} as buckets,
         ${jsonOf(`
           select json_build_object('agentId', agent_id, 'agentName', agent_name, 'messages', messages,
                    'lastAt', last_at, 'lastId', last_id)
           from agent`)} as agents,
         ${jsonOf(`
           select json_build_array(session_name, first_message_at, has_agent,
                    session_name in (select session_name from event where is_first and not is_turn))
           from session
           where first_message_at < $1 and $3::timestamptz < $1`)} as returning`;
