import fc from 'fast-check';
import { DateTime } from 'luxon';
import { boundsOf, calendarDay } from './time-range';

const none = { from: '', to: '' };
const now = DateTime.fromISO('2026-11-22T15:30:00', { zone: 'Europe/Berlin' });

it('begins "today" at midnight in the zone of the reader', () => {
  expect(boundsOf({ name: 'today', ...none }, now)).toEqual({ from: '2026-11-21T23:00:00.000Z' });
});

it('counts today among "7 days" and "30 days"', () => {
  expect(boundsOf({ name: '7d', ...none }, now)).toEqual({ from: '2026-11-15T23:00:00.000Z' });
  // Before the clocks went back on 25 October, Berlin was two hours ahead.
  expect(boundsOf({ name: '30d', ...none }, now)).toEqual({ from: '2026-10-23T22:00:00.000Z' });
});

it('leaves both ends open for "all" and for a custom range without days', () => {
  expect(boundsOf({ name: 'all', from: '2026-11-01', to: '2026-11-02' }, now)).toEqual({});
  expect(boundsOf({ name: 'custom', ...none }, now)).toEqual({});
});

it('includes both days of a custom range, also where a day has 25 hours', () => {
  expect(boundsOf({ name: 'custom', from: '2026-10-25', to: '2026-10-25' }, now)).toEqual({
    from: '2026-10-24T22:00:00.000Z',
    to: '2026-10-25T23:00:00.000Z',
  });
});

it('holds exactly the instants of the chosen days, whatever the zone', () => {
  const zones = ['UTC', 'Asia/Shanghai', 'America/St_Johns', 'Pacific/Apia', 'America/Sao_Paulo'];
  const day = fc.integer({ min: 0, max: 3_000 }).map((days) => DateTime.utc(2020).plus({ days }).toISODate());
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      day,
      day,
      fc.integer({ min: 0, max: 3_000 * 86_400 }),
      (zone, a, b, s) => {
        const [from, to] = [a, b].sort() as [string, string];
        const bounds = boundsOf({ name: 'custom', from, to }, DateTime.now().setZone(zone));
        const instant = DateTime.utc(2020).plus({ seconds: s });
        const localDay = instant.setZone(zone).toISODate() ?? '';
        const inside =
          instant >= DateTime.fromISO(bounds.from ?? '') && instant < DateTime.fromISO(bounds.to ?? '');
        expect(inside).toBe(localDay >= from && localDay <= to);
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
  );
});

it.each(['2026-02-30', '22.11.2026', 'yesterday', '2026-11-22T00:00', '', null])(
  'takes %p for no day',
  (text) => {
    expect(calendarDay(text)).toBe('');
  },
);
