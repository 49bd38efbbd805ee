import { DateTime } from 'luxon';
import { type WhenStyle, whenText } from './when';

const now = DateTime.fromISO('2026-11-22T15:30:00', { locale: 'en-GB' });
const text = (iso: string, style: WhenStyle) =>
  whenText(DateTime.fromISO(iso, { locale: 'en-GB' }), style, now);

it('leaves out of a short time what today or this year makes plain', () => {
  expect(text('2026-11-22T09:05:00', 'short')).toBe('09:05');
  expect(text('2026-11-03T09:05:00', 'short')).toMatch(/^3 Nov\W+0?9:05$/);
  expect(text('2025-12-31T09:05:00', 'short')).toMatch(/^31 Dec 2025\W+0?9:05$/);
});

it('names a day in full', () => {
  expect(text('2026-11-22T09:05:00', 'day')).toMatch(/^Sunday\W+22 November 2026$/);
});
