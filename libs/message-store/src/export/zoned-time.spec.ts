import fc from 'fast-check';
import { zonedTime } from './zoned-time.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const zones = Intl.supportedValuesOf('timeZone');

describe('a time in a zone', () => {
  it.each([
    ['UTC', '2026-11-01T08:00:00.123Z', '2026-11-01T08:00:00.123Z'],
    ['Asia/Shanghai', '2026-11-01T16:00:00.000Z', '2026-11-02T00:00:00.000+08:00'],
    ['Asia/Kathmandu', '2026-11-01T00:00:00.000Z', '2026-11-01T05:45:00.000+05:45'],
    ['America/St_Johns', '2026-11-28T00:00:00.001Z', '2026-11-27T20:30:00.001-03:30'],
    ['Europe/Berlin', '2026-10-25T00:59:59.999Z', '2026-10-25T02:59:59.999+02:00'],
    ['Europe/Berlin', '2026-10-25T01:00:00.000Z', '2026-10-25T02:00:00.000+01:00'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00.000Z', '2026-04-05T01:30:00.000+10:30'],
    ['Etc/UTC', '2026-11-01T08:00:00.000Z', '2026-11-01T08:00:00.000+00:00'],
  ])('of %s is %s', (zone, utc, zoned) => {
    expect(zonedTime(zone)(utc)).toBe(zoned);
  });

  it('is the same moment, in every zone, and what a clock shows there', () => {
    const times = fc.date({
      min: new Date('1990-01-01'),
      max: new Date('2060-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.array(times, { maxLength: 5 }), (zone, some) => {
        const timeOf = zonedTime(zone);
        const clock = new Intl.DateTimeFormat('sv', {
          timeZone: zone,
          dateStyle: 'short',
          timeStyle: 'medium',
        });
        for (const time of some) {
          const zoned = timeOf(time.toISOString());
          expect(new Date(zoned)).toEqual(time);
          expect(zoned.slice(0, 19)).toBe(clock.format(time).replace(' ', 'T'));
        }
      }),
      { numRuns },
    );
  });
});
