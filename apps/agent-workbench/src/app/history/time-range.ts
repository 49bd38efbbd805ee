import { DateTime } from 'luxon';
import { type TimeBounds } from '../api/workbench-api';

export const rangeNames = ['today', '7d', '30d', 'all', 'custom'] as const;
export type RangeName = (typeof rangeNames)[number];

/** `from` and `to` are calendar days (`2026-11-01`) in the reader's zone, both included; only `custom` reads them. */
export interface TimeRange {
  readonly name: RangeName;
  readonly from: string;
  readonly to: string;
}

/** The half-open range of instants that a choice means; "7 days" are today and the six before it. */
export function boundsOf(range: TimeRange, now: DateTime): TimeBounds {
  switch (range.name) {
    case 'today':
      return { from: instant(now.startOf('day')) };
    case '7d':
      return { from: instant(now.startOf('day').minus({ days: 6 })) };
    case '30d':
      return { from: instant(now.startOf('day').minus({ days: 29 })) };
    case 'all':
      return {};
    case 'custom':
      return {
        ...(range.from && { from: instant(day(range.from, now)) }),
        ...(range.to && { to: instant(day(range.to, now).plus({ days: 1 })) }),
      };
  }
}

/** The day as written, or nothing if it is none: what stands in an address may be anything. */
export function calendarDay(text: string | null): string {
  return text && /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid ? text : '';
}

function day(text: string, now: DateTime): DateTime {
  return DateTime.fromISO(text, { zone: now.zone }).startOf('day');
}

function instant(time: DateTime): string {
  return time.toUTC().toISO() ?? '';
}
