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
  const minuteOf = zonedMinute(timeZone);
  // In order of time the next is often of the same minute.
  let last = '';
  let zoned = { minute: '', offset: '' };
  return (utc) => {
    const minute = utc.slice(0, 16);
    if (minute !== last) {
      zoned = minuteOf(minute);
      last = minute;
    }
    return zoned.minute + utc.slice(16, -1) + zoned.offset;
  };
}

function zonedMinute(timeZone: string): (minute: string) => { minute: string; offset: string } {
  const offsetOf = zoneOffset(timeZone);
  const offsets = new Map<number, number>();
  return (minute) => {
    const ms = Date.parse(`${minute}Z`);
    const quarter = Math.floor(ms / quarterMs) * quarterMs;
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      if (offsets.size >= maxQuarters) offsets.clear();
      offset = offsetOf(quarter);
      offsets.set(quarter, offset);
    }
    return { minute: new Date(ms + offset).toISOString().slice(0, 16), offset: offsetText(offset) };
  };
}

/** What has to be added to UTC, in milliseconds, at a time; to the minute, since offsets with seconds ended in 1972. */
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
  });
  return (ms) => {
    const part = Object.fromEntries(
      parts.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    ) as Record<Intl.DateTimeFormatPartTypes, number>;
    return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute) - ms;
  };
}

function offsetText(ms: number): string {
  const minutes = Math.abs(ms) / 60_000;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
