const dayMs = 86_400_000;

/** A window opens at most so many partitions: each costs a few locks and a third of a millisecond of planning. */
const maxDays = 16;

/** Half-open, in milliseconds since 1970. */
interface SearchRange {
  readonly from: number;
  readonly to: number;
}

/** A UTC day or a part of it, half-open, as ISO text. */
export interface SearchDay {
  readonly from: string;
  readonly to: string;
}

export type TimeOrder = 'newest' | 'oldest';

/**
 * A range cut into its days, the first of the order in the first window, then two, four and so on up to sixteen. A
 * search asks one window after the other until its page is full, so that what was said lately is found in a day's small
 * index, and what is rare in few statements. What is ahead of `now` belongs to today.
 */
export function* searchWindows(range: SearchRange, now: Date, order: TimeOrder): Generator<SearchDay[]> {
  const days = order === 'newest' ? daysBackwards(range, now) : daysForwards(range, now);
  let window: SearchDay[] = [];
  let size = 1;
  for (const day of days) {
    window.push(day);
    if (window.length < size) continue;
    yield window;
    window = [];
    size = Math.min(2 * size, maxDays);
  }
  if (window.length > 0) yield window;
}

function* daysBackwards({ from, to }: SearchRange, now: Date): Generator<SearchDay> {
  for (let end = to; end > from;) {
    const start = Math.max(from, startOfUtcDay(Math.min(end - 1, now.getTime())));
    yield dayOf(start, end);
    end = start;
  }
}

function* daysForwards({ from, to }: SearchRange, now: Date): Generator<SearchDay> {
  const today = startOfUtcDay(now.getTime());
  for (let start = from; start < to;) {
    const end = start >= today ? to : Math.min(to, startOfUtcDay(start) + dayMs);
    yield dayOf(start, end);
    start = end;
  }
}

function dayOf(from: number, to: number): SearchDay {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function startOfUtcDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}
