import type { AskedWords } from './asked-words.js';
import { saidBySql, wordsSql, type Bind, type MessageFilter } from './message-filter.js';
import type { SearchDay, TimeOrder } from './search-windows.js';

/**
 * How the hits of some days are looked for.
 * - `ordered`: along the time, or along an index of a session, agent or status that has its order.
 * - `planned`: as PostgreSQL decides for each day, along the time or by the words. Right where it knows from its
 *   statistics how many hits there are; where it takes none for many it looks at every message of the day.
 * - `gathered`: not in the order of time, so by the words, the session or the agent; what is found is sorted.
 * - `among` so many messages, the first of the days: each is looked at.
 */
export type Way = 'ordered' | 'planned' | 'gathered' | { readonly among: number };

/** One side of where the hits lie. */
export interface Bound {
  readonly side: '<' | '<=' | '>' | '>=';
  /** ISO text. */
  readonly createdAt: string;
  readonly id: string;
}

/** What comes behind a message in that order. */
export function boundBehind(createdAt: string, id: string, order: TimeOrder): Bound {
  return { side: order === 'newest' ? '<' : '>', createdAt, id };
}

export interface HitConditions {
  readonly filter: MessageFilter;
  readonly words: AskedWords | undefined;
  readonly bounds: readonly Bound[];
  readonly order: TimeOrder;
}

/**
 * A word that PostgreSQL has not counted it takes for some hundred hits a day: if so few were wanted as a page holds it
 * would walk along the time, past every message of the day where there is none. For so many it does that only for a
 * word of which it knows that it is in one of some thirty messages.
 */
const plannedHits = 3_000;

/** The order of time as SQL over `m`. */
export const timeOrderSql: Readonly<Record<TimeOrder, string>> = {
  newest: 'm.created_at desc, m.id desc',
  oldest: 'm.created_at, m.id',
};

/**
 * A select of the first hits of some days, as rows of `chat_messages` in the order of time.
 *
 * Each day is a query of its own, planned with its own constants and limit: in one query over all, a word that is
 * common only in old days makes PostgreSQL walk the newer ones through their time index. A union of queries with
 * limits is not reordered, so days are asked in turn, and no further than the page needs.
 */
export function hitsSql(
  conditions: HitConditions,
  days: readonly SearchDay[],
  way: Way,
  limit: number,
  bind: Bind,
): string {
  const rows = bind(limit);
  const asked = [...saidBySql(conditions.filter, bind), ...askedWordsSql(conditions, bind)];
  const inTime = `order by ${timeOrderSql[conditions.order]}`;
  const ofDay = daySql(conditions, bind);
  if (typeof way === 'object') {
    const among = bind(way.among);
    const first = inTurn(
      days.map((day) => `${ofDay(day, [])} ${inTime} limit ${among}`),
      among,
    );
    return `select * from (${first}) m where ${asked.join(' and ')} limit ${rows}`;
  }
  const hitsOfDay = {
    ordered: (hits: string) => `${hits} ${inTime} limit ${rows}`,
    // "materialized" hides from the plan of what is inside how few are wanted; they are read as they come all the same.
    planned: (hits: string) =>
      `with m as materialized (${hits} ${inTime} limit ${plannedHits}) select * from m limit ${rows}`,
    // "offset 0" hides the order from it.
    gathered: (hits: string) => `select * from (${hits} offset 0) m ${inTime} limit ${rows}`,
  }[way];
  return inTurn(
    days.map((day) => hitsOfDay(ofDay(day, asked))),
    rows,
  );
}

function askedWordsSql({ words }: HitConditions, bind: Bind): string[] {
  return words === undefined ? [] : [wordsSql(`${bind(words.tsquery)}::tsquery`, words.positive)];
}

/** Gives the select of a day's messages for which some conditions hold, within the bounds. */
function daySql({ bounds }: HitConditions, bind: Bind) {
  const within = bounds.map(
    ({ side, createdAt, id }) =>
      `(m.created_at, m.id) ${side} (${bind(createdAt)}::timestamptz, ${bind(id)}::uuid)`,
  );
  return ({ from, to }: SearchDay, conditions: readonly string[]) => {
    const isOfDay = `m.created_at >= ${bind(from)}::timestamptz and m.created_at < ${bind(to)}::timestamptz`;
    return `select m.* from chat_messages m where ${[isOfDay, ...within, ...conditions].join(' and ')}`;
  };
}

function inTurn(selects: readonly string[], most: string): string {
  return `select * from (${selects.map((select) => `(${select})`).join(' union all ')}) m limit ${most}`;
}
