import type { TimeZone } from './time-zone.mts';

const dated =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)? ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i;
const counted = /^(\d{9,16})(?:\.(\d{1,9}))?$/;

const minuteMs = 60_000;

/**
 * Reads a time as databases and programs write it: `2026-11-28T10:00:00.123Z`, `2026-11-28 10:00:00.123456+00`, without
 * an offset by the clocks of a zone, or as seconds, milliseconds or microseconds since 1970, told apart by their number
 * of digits. What is below a millisecond is cut off.
 * @returns undefined for what is no time.
 */
export function sourceTime(text: string, zone: TimeZone): Date | undefined {
  const trimmed = text.trim();
  const date = dated.exec(trimmed);
  if (date) return momentOf(date, zone);
  const count = counted.exec(trimmed);
  return count ? momentSince1970(count[1] ?? '', count[2] ?? '') : undefined;
}

function momentOf([, ...parts]: RegExpExecArray, zone: TimeZone): Date | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(0, 6)
    .map((part) => Number(part ?? 0));
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, millisecondsOf(parts[6]));
  // A date that does not exist is carried over into one that does; years before 100 would be of another century.
  const shown = new Date(localMs);
  const isThere =
    shown.getUTCFullYear() === year && shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day;
  if (!isThere || hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = parts[7];
  if (offset === undefined) return new Date(zone.momentOf(localMs));
  const minutes = minutesOf(offset);
  return minutes === undefined ? undefined : new Date(localMs - minutes * minuteMs);
}

/** PostgreSQL knows offsets to 15:59. */
function minutesOf(offset: string): number | undefined {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? [];
  if (!sign) return 0;
  if (Number(hours) > 15 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Nine to eleven digits are seconds (years 1973 to 5138), up to 14 milliseconds, up to 16 microseconds. */
function momentSince1970(digits: string, fraction: string): Date {
  if (digits.length <= 11) return new Date(Number(digits) * 1_000 + millisecondsOf(fraction));
  return new Date(digits.length <= 14 ? Number(digits) : Math.floor(Number(digits) / 1_000));
}

function millisecondsOf(fraction = ''): number {
  return Number(fraction.slice(0, 3).padEnd(3, '0'));
}
