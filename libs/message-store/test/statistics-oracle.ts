import type { Message } from '../src/message.js';
import type { Statistics, StatisticsQuery } from '../src/read/message-statistics.js';
import type { StatisticsTotals } from '../src/read/statistics-totals.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const quarterMs = 15 * minuteMs;

/** What the store is asked, and what it has. */
export interface Recount {
  readonly messages: readonly Message[];
  /** When each session started, by its row. */
  readonly startedAt: ReadonlyMap<string, Date>;
  readonly cutoff: Date;
  readonly now: Date;
}

/** The same statistics by a look at every message, one definition after the other. Percentiles are exact. */
export function recountStatistics(store: Recount, query: StatisticsQuery): Statistics {
  const from = query.from && query.from > store.cutoff ? query.from : store.cutoff;
  const to = query.to ?? store.now;
  const previousFrom = new Date(from.getTime() - (to.getTime() - from.getTime()));
  const isCut = previousFrom < store.cutoff;
  const previous = { from: isCut ? store.cutoff : previousFrom, to: from };
  return {
    ...{ from, to },
    ...totals(store, from, to),
    series: series(store, from, to, query),
    hourOfWeek: hourOfWeek(within(store.messages, from, to), query.timeZone),
    previous: { ...previous, isCut, ...totals(store, previous.from, previous.to) },
  };
}

function within(messages: readonly Message[], from: Date, to: Date): Message[] {
  return messages
    .filter(({ createdAt }) => createdAt >= from && createdAt < to)
    .sort((one, other) => compare(keyOf(one), keyOf(other)));
}

function keyOf({ createdAt, id }: Message): string {
  return `${createdAt.toISOString()} ${id}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function totals(store: Recount, from: Date, to: Date): StatisticsTotals {
  const messages = within(store.messages, from, to);
  const sessions = Map.groupBy(messages, ({ sessionName }) => sessionName);
  return {
    sessions: sessions.size,
    newSessions: startsOf(store, messages).length,
    agentSessions: [...sessions.values()].filter((session) => session.some(({ role }) => role === 'agent'))
      .length,
    messages: messages.length,
    byRole: byRole(messages),
    byAgent: byAgent(messages),
    unansweredTurns: [...sessions.values()].reduce((sum, session) => sum + unanswered(session), 0),
    ...badAnswers(messages),
    responseTimeMs: {
      ...responseTimes(messages),
      p50: percentile(messages, 50),
      p90: percentile(messages, 90),
      p99: percentile(messages, 99),
    },
  };
}

/** When sessions started of whom the first of all messages is among these. */
function startsOf({ startedAt }: Recount, messages: readonly Message[]): Date[] {
  const said = new Set(messages.map(({ sessionName, createdAt }) => `${createdAt.getTime()} ${sessionName}`));
  return [...startedAt].filter(([name, at]) => said.has(`${at.getTime()} ${name}`)).map(([, at]) => at);
}

function byRole(messages: readonly Message[]) {
  const count = (role: Message['role']) => messages.filter((message) => message.role === role).length;
  return { user: count('user'), assistant: count('assistant'), agent: count('agent') };
}

function byAgent(messages: readonly Message[]) {
  const agents = Map.groupBy(
    messages.filter(({ role }) => role === 'agent'),
    ({ agentId }) => agentId,
  );
  return [...agents]
    .map(([agentId, said]) => ({ agentId, agentName: said.at(-1)?.agentName ?? null, messages: said.length }))
    .sort(
      (one, other) =>
        other.messages - one.messages || compare(one.agentId ?? '\u{ffff}', other.agentId ?? '\u{ffff}'),
    );
}

/** Goes from message to message of a session, in order. */
function unanswered(session: readonly Message[]): number {
  let count = 0;
  let isOpen = false;
  for (const { role, status } of session) {
    if (role === 'user') {
      if (isOpen) count++;
      isOpen = true;
    } else if (status === 'complete') {
      isOpen = false;
    }
  }
  return isOpen ? count + 1 : count;
}

function badAnswers(messages: readonly Message[]) {
  const answers = messages.filter(({ role }) => role !== 'user');
  return {
    interruptedAnswers: answers.filter(({ status }) => status === 'interrupted').length,
    failedAnswers: answers.filter(({ status }) => status === 'failed').length,
  };
}

function timesOf(messages: readonly Message[]): number[] {
  return messages.flatMap(({ responseTimeMs }) => (responseTimeMs === null ? [] : [responseTimeMs]));
}

function responseTimes(messages: readonly Message[]) {
  const times = timesOf(messages);
  const sum = times.reduce((all, time) => all + time, 0);
  return { count: times.length, mean: times.length === 0 ? null : sum / times.length };
}

/** The nearest rank. */
function percentile(messages: readonly Message[], hundredths: number): number | null {
  const times = timesOf(messages).sort((one, other) => one - other);
  return times[Math.ceil((times.length * hundredths) / 100) - 1] ?? null;
}

function series(store: Recount, from: Date, to: Date, { timeZone, interval }: StatisticsQuery) {
  const startOf = (at: Date) => startOfInterval(at, timeZone, interval);
  const last = Math.max(
    store.now.getTime(),
    ...within(store.messages, from, to).map((m) => m.createdAt.getTime()),
  );
  const starts = new Set<number>();
  for (let at = from.getTime(); at < to.getTime(); at = (Math.floor(at / quarterMs) + 1) * quarterMs) {
    const start = startOf(new Date(at));
    if (start <= last) starts.add(start);
  }
  const messages = Map.groupBy(within(store.messages, from, to), ({ createdAt }) => startOf(createdAt));
  const started = startsOf(store, within(store.messages, from, to)).map(startOf);
  return [...starts]
    .sort((one, other) => one - other)
    .map((start) => {
      const said = messages.get(start) ?? [];
      return {
        start: new Date(start),
        ...byRole(said),
        newSessions: started.filter((one) => one === start).length,
        ...badAnswers(said),
        responseTimeMs: responseTimes(said),
      };
    });
}

function hourOfWeek(messages: readonly Message[], timeZone: string): number[][] {
  const grid = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  for (const { createdAt } of messages) {
    const local = new Date(createdAt.getTime() + offsetMs(createdAt.getTime(), timeZone));
    grid[(local.getUTCDay() + 6) % 7]![local.getUTCHours()]!++;
  }
  return grid;
}

/** Hours begin on the hour of the clock as it goes then; days and weeks at midnight. */
function startOfInterval(at: Date, timeZone: string, interval: StatisticsQuery['interval']): number {
  const offset = offsetMs(at.getTime(), timeZone);
  const local = at.getTime() + offset;
  if (interval === 'hour') return Math.floor(local / hourMs) * hourMs - offset;
  const midnight = Math.floor(local / dayMs) * dayMs;
  const daysSinceMonday = interval === 'week' ? (new Date(midnight).getUTCDay() + 6) % 7 : 0;
  return instantOf(midnight - daysSinceMonday * dayMs, timeZone);
}

/** Of a local time that there is twice, the second; of one that is left out, what it would have been without that. */
function instantOf(local: number, timeZone: string): number {
  const before = local - offsetMs(local - dayMs, timeZone);
  const after = local - offsetMs(local + dayMs, timeZone);
  return after + offsetMs(after, timeZone) === local ? after : before;
}

const offsets = new Map<string, number>();
const clocks = new Map<string, Intl.DateTimeFormat>();

/** What a zone's clocks are ahead of UTC; no zone of today changes that within a quarter-hour. */
function offsetMs(at: number, timeZone: string): number {
  const quarter = Math.floor(at / quarterMs) * quarterMs;
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = localTime(quarter, timeZone) - quarter;
  offsets.set(key, offset);
  return offset;
}

function localTime(at: number, timeZone: string): number {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  clocks.set(timeZone, clock);
  return Date.parse(`${clock.format(at).replace(' ', 'T')}Z`);
}
