import fc from 'fast-check';
import { searchWindows } from './search-windows.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const now = new Date('2026-11-20T12:00:00Z');

function windows(from: string, to: string): string[][] {
  const range = { from: Date.parse(from), to: Date.parse(to) };
  const short = (time: string) => time.slice(5, 16);
  return Array.from(searchWindows(range, now, 'newest'), (days) =>
    days.map((day) => `${short(day.from)} ${short(day.to)}`),
  );
}

describe('the windows of a search', () => {
  it('begin with today and what is ahead of it, and double', () => {
    const found = windows('2026-10-21T12:00Z', '2026-11-22T12:00Z');
    expect(found.map((days) => days.length)).toEqual([1, 2, 4, 8, 16]);
    expect(found.slice(0, 2)).toEqual([
      ['11-20T00:00 11-22T12:00'],
      ['11-19T00:00 11-20T00:00', '11-18T00:00 11-19T00:00'],
    ]);
    expect(found.at(-1)?.at(-1)).toBe('10-21T12:00 10-22T00:00');
  });

  it('never open more than sixteen days', () => {
    const sizes = windows('2025-11-20T00:00Z', '2026-11-21T00:00Z').map((days) => days.length);
    expect(Math.max(...sizes)).toBe(16);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(366);
  });

  it('begin with the last day of a range that ended', () => {
    expect(windows('2026-11-09T08:00Z', '2026-11-10T00:00Z')).toEqual([['11-09T08:00 11-10T00:00']]);
    expect(windows('2026-11-09T08:00Z', '2026-11-10T00:01Z')).toEqual([
      ['11-10T00:00 11-10T00:01'],
      ['11-09T08:00 11-10T00:00'],
    ]);
  });

  it('are none of an empty range', () => {
    expect(windows('2026-11-20T12:00Z', '2026-11-20T12:00Z')).toEqual([]);
    expect(windows('2026-11-21T12:00Z', '2026-11-20T12:00Z')).toEqual([]);
  });

  it('cover any range without gap or overlap, newest first', () => {
    const time = fc.date({ min: new Date('2016-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, time, (from, to) => {
        const range = { from: from.getTime(), to: to.getTime() };
        const found = Array.from(searchWindows(range, now, 'newest')).flat();
        if (from >= to) return expect(found).toEqual([]);
        expect(found[0]?.to).toBe(to.toISOString());
        expect(found.at(-1)?.from).toBe(from.toISOString());
        // One expectation: of each of thousands of days it would take twenty seconds.
        const wrong = found.filter(
          (day, index) => day.from >= day.to || (index > 0 && day.to !== found[index - 1]?.from),
        );
        expect(wrong).toEqual([]);
      }),
      { numRuns },
    );
  });
});
