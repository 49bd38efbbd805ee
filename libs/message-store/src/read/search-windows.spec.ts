import fc from 'fast-check';
import { searchWindows } from './search-windows.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const now = new Date('2026-11-20T12:00:00Z');

function windows(from: string, to: string): string[] {
  const short = (time: string) => time.replace(/:00\.000Z$/, '');
  return Array.from(
    searchWindows({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }, now),
    (window) => `${short(window.from)} ${short(window.to)}`,
  );
}

describe('the windows of a search', () => {
  it('begin with today and what is ahead of it, and double', () => {
    expect(windows('2026-10-21T12:00Z', '2026-11-22T12:00Z')).toEqual([
      '2026-11-20T00:00 2026-11-22T12:00',
      '2026-11-19T00:00 2026-11-20T00:00',
      '2026-11-17T00:00 2026-11-19T00:00',
      '2026-11-13T00:00 2026-11-17T00:00',
      '2026-11-05T00:00 2026-11-13T00:00',
      '2026-10-21T12:00 2026-11-05T00:00',
    ]);
  });

  it('begin with the last day of a range that ended', () => {
    expect(windows('2026-11-09T08:00Z', '2026-11-10T00:00Z')).toEqual(['2026-11-09T08:00 2026-11-10T00:00']);
    expect(windows('2026-11-09T08:00Z', '2026-11-10T00:01Z')).toEqual([
      '2026-11-10T00:00 2026-11-10T00:01',
      '2026-11-09T08:00 2026-11-10T00:00',
    ]);
  });

  it('are none of an empty range', () => {
    expect(windows('2026-11-20T12:00Z', '2026-11-20T12:00Z')).toEqual([]);
    expect(windows('2026-11-21T12:00Z', '2026-11-20T12:00Z')).toEqual([]);
  });

  it('cover any range without gap or overlap, newest first, in few steps', () => {
    const time = fc.date({ min: new Date('2016-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(time, time, (from, to) => {
        const range = { from: from.toISOString(), to: to.toISOString() };
        const found = Array.from(searchWindows(range, now));
        if (from >= to) return expect(found).toEqual([]);
        expect(found[0]?.to).toBe(range.to);
        expect(found.at(-1)?.from).toBe(range.from);
        found.forEach((window, index) => {
          expect(window.from < window.to).toBe(true);
          if (index > 0) expect(window.to).toBe(found[index - 1]?.from);
        });
        expect(found.length).toBeLessThan(15);
      }),
      { numRuns },
    );
  });
});
