import type { Queryable } from '../database.js';
import { stretchesNotKept, sumKept, type KeptFigures } from './kept-figures.js';
import { quarterMs, startOfQuarter } from './quarter-hour.js';
import { sumOfHistograms } from './response-histogram.js';
import { sumOfAgents } from './spread.js';
import {
  countStretch,
  type LinkedCount,
  type QuarterFigures,
  type Stretch,
  type StretchFigures,
} from './stretch-count.js';

/** Everything that is counted of a range of time, exact to the millisecond. */
export interface RangeFigures extends KeptFigures {
  /** The whole quarters of the range. */
  readonly whole: Stretch;
  /** By their beginning, those of its quarters that were counted one by one. */
  readonly raw: ReadonlyMap<number, QuarterFigures>;
}

export const noFigures: QuarterFigures = {
  user: 0,
  assistant: 0,
  agent: 0,
  interrupted: 0,
  failed: 0,
  newSessions: 0,
  responses: 0,
  responseSumMs: 0,
};

/**
 * Takes the quarters that are kept as they are, and counts the rest message by message: the ragged edges, quarters that
 * are not closed or not counted, and those that a late message has changed. All of it has to be asked in one snapshot.
 */
export async function figuresOfRange(
  database: Queryable,
  range: Stretch,
  signal?: AbortSignal,
): Promise<RangeFigures> {
  const whole = wholeQuartersOf(range);
  const isNone = whole.from >= whole.to;
  const kept = isNone ? nothingKept : await sumKept(database, whole, range.from, signal);
  const uncounted = isNone
    ? [range]
    : [
        { from: range.from, to: whole.from },
        ...(await stretchesNotKept(database, whole, signal)),
        { from: whole.to, to: range.to },
      ];
  const counted: StretchFigures[] = [];
  for (const stretch of joined(uncounted))
    counted.push(await countStretch(database, stretch, range.from, signal));

  const raw = new Map(counted.flatMap(({ quarters }) => [...quarters]));
  const sumOf = (link: 'sessions' | 'agentSessions' | 'openTurns') =>
    counted.reduce((sum, figures) => sum + onlyHere(figures[link]), kept[link]);
  return {
    whole,
    raw,
    totals: [...raw.values()].reduce(added, kept.totals),
    sessions: sumOf('sessions'),
    agentSessions: sumOf('agentSessions'),
    openTurns: sumOf('openTurns'),
    responses: sumOfHistograms([kept.responses, ...counted.map(({ responses }) => responses)]),
    agents: sumOfAgents([...kept.agents, ...counted.flatMap(({ agents }) => agents)]),
  };
}

const nothingKept: KeptFigures = {
  totals: noFigures,
  sessions: 0,
  agentSessions: 0,
  openTurns: 0,
  responses: new Map(),
  agents: [],
};

/** Ends before it begins where there is none. */
function wholeQuartersOf({ from, to }: Stretch): Stretch {
  return {
    from: new Date(startOfQuarter(from.getTime() + quarterMs - 1)),
    to: new Date(startOfQuarter(to.getTime())),
  };
}

/** Without empty ones, and those side by side as one. */
function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const stretch of stretches) {
    if (stretch.from >= stretch.to) continue;
    const last = result.at(-1);
    if (last?.to.getTime() === stretch.from.getTime()) result.splice(-1, 1, { ...last, to: stretch.to });
    else result.push(stretch);
  }
  return result;
}

/** Without those that an earlier stretch of the range has counted. */
function onlyHere({ count, before }: LinkedCount): number {
  return count - before.length;
}

function added(sum: QuarterFigures, figures: QuarterFigures): QuarterFigures {
  const names = Object.keys(noFigures) as (keyof QuarterFigures)[];
  const entries = names.map((name) => [name, sum[name] + figures[name]] as const);
  return Object.fromEntries(entries) as unknown as QuarterFigures;
}
