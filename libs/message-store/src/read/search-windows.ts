const dayMs = 86_400_000;

/** Half-open, as ISO text. */
export interface SearchWindow {
  readonly from: string;
  readonly to: string;
}

/**
 * A range cut into windows, newest first: the last UTC day of it (what is ahead of `now` included), then one day, two,
 * four and so on. A search asks one after the other until its page is full, so that what is common lately is found in
 * a day's small index, and what is rare in as many statements as the number of days has binary digits.
 */
export function* searchWindows(range: SearchWindow, now: Date): Generator<SearchWindow> {
  const earliest = Date.parse(range.from);
  let end = Date.parse(range.to);
  let start = startOfUtcDay(Math.min(end - 1, now.getTime()));
  for (let days = 1; end > earliest; days *= 2) {
    yield { from: iso(Math.max(start, earliest)), to: iso(end) };
    end = start;
    start = end - days * dayMs;
  }
}

function startOfUtcDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
