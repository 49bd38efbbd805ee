import fc from 'fast-check';
import { sourceTime } from './source-time.mts';
import { TimeZone } from './time-zone.mts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const utc = new TimeZone('UTC');
const berlin = new TimeZone('Europe/Berlin');

describe('a time of another system', () => {
  it.each([
    ['2026-11-28T10:00:00.123Z', '2026-11-28T10:00:00.123Z'],
    ['2026-11-28T10:00:00z', '2026-11-28T10:00:00.000Z'],
    ['2026-11-28 10:00', '2026-11-28T10:00:00.000Z'],
    ['2026-11-28 10:00:00.123456+00', '2026-11-28T10:00:00.123Z'],
    ['2026-11-28 10:00:00.999999+00', '2026-11-28T10:00:00.999Z'],
    ['2026-11-28 10:00:00.5-03:30', '2026-11-28T13:30:00.500Z'],
    ['2026-11-28T10:00:00+0545', '2026-11-28T04:15:00.000Z'],
    ['2026-11-28 10:00:00 UTC', '2026-11-28T10:00:00.000Z'],
    [' 2026-11-28 10:00:00 +08:00 ', '2026-11-28T02:00:00.000Z'],
    ['2028-02-29 23:59:59', '2028-02-29T23:59:59.000Z'],
    ['1795860000', '2026-11-28T10:00:00.000Z'],
    ['1795860000.123999', '2026-11-28T10:00:00.123Z'],
    ['1795860000123', '2026-11-28T10:00:00.123Z'],
    ['1795860000123456', '2026-11-28T10:00:00.123Z'],
  ])('is read from %j', (text, expected) => {
    expect(sourceTime(text, utc)?.toISOString()).toBe(expected);
  });

  it.each(['', 'yesterday', '2026-11-28', '28.11.2026 10:00', '2026-02-29 10:00', '2026-13-01 10:00', '2026-11-28 24:00', '2026-11-28 10:60', '2026-11-28 10:00:60', '2026-11-28 10:00+16', '2026-11-28 10:00+05:60', '0026-01-01 00:00', '12345678', '17958600001234567', '1e9', '-1795860000', 'infinity'])(
    'is none: %j',
    (text) => {
      expect(sourceTime(text, utc)).toBeUndefined();
    },
  ); // prettier-ignore

  it.each([
    ['2026-07-01 12:00', '2026-07-01T10:00:00.000Z'],
    ['2026-12-01 12:00', '2026-12-01T11:00:00.000Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
    ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 02:30+02', '2026-03-29T00:30:00.000Z'],
  ])('without an offset is by the clocks of a zone: %s', (text, expected) => {
    expect(sourceTime(text, berlin)?.toISOString()).toBe(expected);
  });

  it('is what the clocks of its zone show, in any zone and at any time', () => {
    const zones = ['Asia/Shanghai', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/St_Johns', 'Pacific/Apia', 'Africa/Casablanca', 'UTC']; // prettier-ignore
    const known = new Map(zones.map((name) => [name, new TimeZone(name)]));
    const time = fc.date({ min: new Date('1990-01-01'), max: new Date('2037-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(fc.constantFrom(...zones), time, (name, moment) => {
        const shown = shownAt(moment, name);
        const read = sourceTime(shown, known.get(name) ?? utc);
        // The same moment, or the earlier one of two that show the same.
        expect(read && shownAt(read, name)).toBe(shown);
        expect(read?.getTime()).toBeLessThanOrEqual(moment.getTime());
      }),
      { numRuns },
    );
  });

  it('knows no zone that there is not', () => {
    expect(() => new TimeZone('Mars/Olympus')).toThrow(RangeError);
  });
});

/** By another locale than the code asks. */
function shownAt(moment: Date, timeZone: string): string {
  const options = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'medium' } as const;
  const milliseconds = String(moment.getUTCMilliseconds()).padStart(3, '0');
  return `${new Intl.DateTimeFormat('sv-SE', options).format(moment)}.${milliseconds}`;
}
