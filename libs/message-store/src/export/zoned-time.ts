/** Every zone changes its clocks at a quarter of an hour of UTC. */
const quarterMs = 900_000;

/** Sessions lie anywhere in the time, so more than the last quarter is known; 100 days of them. */
const maxQuarters = 10_000;

/**
 * Writes times as ISO 8601 with milliseconds and the offset of a zone, as `2026-11-01T16:00:00.123+08:00`; in UTC with `Z`.
 * @param timeZone an IANA name.
 * @returns takes ISO 8601 in UTC, as `2026-11-01T08:00:00.123Z`.
 */
export function zonedTime(timeZone: string): (utc: string) => string {
  if (timeZone === 'UTC') return (utc) => utc;
  const offsetOf = zoneOffset(timeZone);
  const offsets = new Map<number, { ms: number; text: string }>();
  return (utc) => {
    const ms = Date.parse(utc);
    const quarter = Math.floor(ms / quarterMs);
    let offset = offsets.get(quarter);
    if (!offset) {
      if (offsets.size >= maxQuarters) offsets.clear();
      const offsetMs = offsetOf(quarter * quarterMs);
      offset = { ms: offsetMs, text: offsetText(offsetMs) };
      offsets.set(quarter, offset);
    }
    return new Date(ms + offset.ms).toISOString().slice(0, -1) + offset.text;
  };
}

/** What has to be added to UTC, in milliseconds, at a time. */
function zoneOffset(timeZone: string): (ms: number) => number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (ms) => {
    const part = Object.fromEntries(
      parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    ) as Record<Intl.DateTimeFormatPartTypes, number>;
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - ms;
  };
}

/** To the minute: offsets with seconds ended in 1972. */
function offsetText(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
