const dayMs = 86_400_000;

/** A window opens at most so many partitions: each costs a few locks and a third of a millisecond of planning. */
const maxDays = 16;

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
export function* searchWindows(range: SearchDay, now: Date, order: TimeOrder): Generator<SearchDay[]> {
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

function* daysBackwards(range: SearchDay, now: Date): Generator<SearchDay> {
  const earliest = Date.parse(range.from);
  for (let end = Date.parse(range.to); end > earliest;) {
    const start = Math.max(earliest, startOfUtcDay(Math.min(end - 1, now.getTime())));
    yield dayOf(start, end);
    end = start;
  }
}

function* daysForwards(range: SearchDay, now: Date): Generator<SearchDay> {
  const latest = Date.parse(range.to);
  const today = startOfUtcDay(now.getTime());
  for (let start = Date.parse(range.from); start < latest;) {
    const end = start >= today ? latest : Math.min(latest, startOfUtcDay(start) + dayMs);
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
