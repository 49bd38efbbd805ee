import { Pipe, type PipeTransform } from '@angular/core';
import { DateTime } from 'luxon';

export type WhenStyle = 'short' | 'time' | 'day' | 'full';

/** An instant in the reader's zone; `short` leaves out what today or this year makes plain. */
@Pipe({ name: 'when' })
export class When implements PipeTransform {
  transform(instant: string, style: WhenStyle): string {
    return whenText(DateTime.fromISO(instant), style, DateTime.now());
  }
}

export function whenText(instant: DateTime, style: WhenStyle, now: DateTime): string {
  switch (style) {
    case 'time':
      return instant.toLocaleString(DateTime.TIME_SIMPLE);
    case 'day':
      return instant.toLocaleString(DateTime.DATE_HUGE);
    case 'full':
      return instant.toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS);
    case 'short':
      if (instant.hasSame(now, 'day')) return instant.toLocaleString(DateTime.TIME_SIMPLE);
      if (instant.hasSame(now, 'year')) {
        return instant.toLocaleString({ day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
      }
      return instant.toLocaleString(DateTime.DATETIME_MED);
  }
}
