const dayMs = 86_400_000;

/** A window opens at most so many partitions: each costs a few locks and a third of a millisecond of planning. */
const maxDays = 16;

/** A UTC day or a part of it, half-open, as ISO text. */
export interface SearchDay {
  readonly from: string;
  readonly to: string;
}

/**
 * A range cut into its days, newest first, one in the first window, then two, four and so on up to sixteen. A search
 * asks one window after the other until its page is full, so that what was said lately is found in a day's small
 * index, and what is rare in few statements. What is ahead of `now` belongs to today.
 */
export function* searchWindows(range: SearchDay, now: Date): Generator<SearchDay[]> {
  const earliest = Date.parse(range.from);
  let end = Date.parse(range.to);
  for (let size = 1; end > earliest; size = Math.min(2 * size, maxDays)) {
    const days: SearchDay[] = [];
    while (days.length < size && end > earliest) {
      const start = Math.max(earliest, startOfUtcDay(Math.min(end - 1, now.getTime())));
      days.push({ from: new Date(start).toISOString(), to: new Date(end).toISOString() });
      end = start;
    }
    yield days;
  }
}

function startOfUtcDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}
