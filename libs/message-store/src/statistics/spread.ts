import type { ResponseHistogram } from './response-histogram.js';
import type { AgentFigures } from './stretch-count.js';

/** How response times and messages of agents are spread. */
export interface Spread {
  readonly responses: ResponseHistogram;
  readonly agents: readonly AgentFigures[];
}

/** SQL: the expressions `response` and `agent` of a WITH, of all spreads in a relation. */
export function sumOfSpreads(relation: string): string {
  return `
  response as (
    select bucket, sum(count)::integer as count
    from ${relation} cross join unnest(response_buckets, response_counts) as of_part (bucket, count)
    group by bucket
  ), agent as (
    select "agentId", sum(messages)::integer as messages, max("lastAt") as "lastAt",
           (array_agg("agentName" order by "lastAt" desc, "lastId" desc))[1] as "agentName",
           (array_agg("lastId" order by "lastAt" desc, "lastId" desc))[1] as "lastId"
    from ${relation}
    cross join jsonb_to_recordset(agents)
      as of_part ("agentId" text, "agentName" text, messages integer, "lastAt" timestamptz, "lastId" uuid)
    group by "agentId"
  )`;
}

export function sumOfAgents(agents: readonly AgentFigures[]): AgentFigures[] {
  const sum = new Map<string | null, AgentFigures>();
  for (const agent of agents) {
    const earlier = sum.get(agent.agentId);
    sum.set(agent.agentId, earlier ? together(earlier, agent) : agent);
  }
  return [...sum.values()];
}

function together(one: AgentFigures, other: AgentFigures): AgentFigures {
  const last = isAfter(one, other) ? one : other;
  return { ...last, messages: one.messages + other.messages };
}

function isAfter(one: AgentFigures, other: AgentFigures): boolean {
  const [oneAt, otherAt] = [one.lastAt.getTime(), other.lastAt.getTime()];
  return oneAt === otherAt ? one.lastId > other.lastId : oneAt > otherAt;
}
