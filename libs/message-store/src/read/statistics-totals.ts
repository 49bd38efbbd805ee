import type { MessageRole } from '../message.js';
import type { IntervalFigures } from '../statistics/figures-by-interval.js';
import type { KeptFigures } from '../statistics/kept-figures.js';
import { noFigures } from '../statistics/range-figures.js';
import { percentileOf } from '../statistics/response-histogram.js';
import type { AgentFigures, QuarterFigures } from '../statistics/stretch-count.js';

/** What is counted of every range. Answers are messages of assistants and agents. */
export interface StatisticsTotals {
  /** Sessions with a message in the range. */
  readonly sessions: number;
  /** Sessions whose very first message is in the range. */
  readonly newSessions: number;
  /** Sessions with a message of an agent in the range. */
  readonly agentSessions: number;
  readonly messages: number;
  readonly byRole: Readonly<Record<MessageRole, number>>;
  /** Of messages of agents; most first. */
  readonly byAgent: readonly MessagesOfAgent[];
  /** Messages of users that no whole answer follows before the session's next one of a user, or the range's end. */
  readonly unansweredTurns: number;
  readonly interruptedAnswers: number;
  readonly failedAnswers: number;
  readonly responseTimeMs: ResponseTimes & {
    /** Of as many hundredths none took longer, within 2%; null when none has a response time. */
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p99: number | null;
  };
}

export interface MessagesOfAgent {
  readonly agentId: string | null;
  /** As in the agent's last message in the range. */
  readonly agentName: string | null;
  readonly messages: number;
}

/** Of the messages that have a response time, in milliseconds; `mean` is null when none has. */
export interface ResponseTimes {
  readonly count: number;
  readonly mean: number | null;
}

export interface StatisticsInterval extends Readonly<Record<MessageRole, number>> {
  readonly start: Date;
  readonly newSessions: number;
  readonly interruptedAnswers: number;
  readonly failedAnswers: number;
  readonly responseTimeMs: ResponseTimes;
}

export function totalsOf({ totals, ...figures }: KeptFigures): StatisticsTotals {
  return {
    sessions: figures.sessions,
    newSessions: totals.newSessions,
    agentSessions: figures.agentSessions,
    messages: messagesOf(totals),
    byRole: { user: totals.user, assistant: totals.assistant, agent: totals.agent },
    byAgent: mostFirst(figures.agents),
    unansweredTurns: figures.openTurns,
    interruptedAnswers: totals.interrupted,
    failedAnswers: totals.failed,
    responseTimeMs: {
      ...responseTimesOf(totals),
      p50: percentileOf(figures.responses, 0.5),
      p90: percentileOf(figures.responses, 0.9),
      p99: percentileOf(figures.responses, 0.99),
    },
  };
}

export const noTotals: StatisticsTotals = totalsOf({
  totals: noFigures,
  sessions: 0,
  agentSessions: 0,
  openTurns: 0,
  responses: new Map(),
  agents: [],
});

/** As far as now; further only where there are messages, for writers' clocks may be ahead. */
export function seriesOf(intervals: readonly IntervalFigures[], now: Date): StatisticsInterval[] {
  const last = intervals.findLastIndex((interval) => interval.start <= now || messagesOf(interval) > 0);
  return intervals.slice(0, last + 1).map((interval) => ({
    start: interval.start,
    user: interval.user,
    assistant: interval.assistant,
    agent: interval.agent,
    newSessions: interval.newSessions,
    interruptedAnswers: interval.interrupted,
    failedAnswers: interval.failed,
    responseTimeMs: responseTimesOf(interval),
  }));
}

function messagesOf({ user, assistant, agent }: QuarterFigures): number {
  return user + assistant + agent;
}

function responseTimesOf({ responses, responseSumMs }: QuarterFigures): ResponseTimes {
  return { count: responses, mean: responses === 0 ? null : responseSumMs / responses };
}

function mostFirst(agents: readonly AgentFigures[]): MessagesOfAgent[] {
  return agents
    .map(({ agentId, agentName, messages }) => ({ agentId, agentName, messages }))
    .sort((one, other) => other.messages - one.messages || compare(one.agentId, other.agentId));
}

/** By code units; nobody in particular comes last. */
function compare(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null) return 1;
  return other === null || one < other ? -1 : 1;
}
