import fc from 'fast-check';
import { percentileOf, sumOfHistograms, type ResponseHistogram } from './response-histogram.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** As `bucketOf` has it in SQL. */
function bucketOf(milliseconds: number): number {
  return milliseconds === 0 ? 0 : Math.floor(Math.log(milliseconds) / Math.log(1.04)) + 1;
}

function histogramOf(times: readonly number[]): ResponseHistogram {
  return sumOfHistograms(times.map((time) => new Map([[bucketOf(time), 1]])));
}

describe('a percentile of a histogram', () => {
  it('is within 2% of the exact one', () => {
    const time = fc.oneof(fc.nat(100), fc.nat(30_000), fc.nat(2 ** 31 - 1));
    const times = fc.array(time, { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 100 }), (all, hundredths) => {
        const exact = all.toSorted((a, b) => a - b)[Math.ceil((all.length * hundredths) / 100) - 1]!;
        const percentile = percentileOf(histogramOf(all), hundredths / 100);
        expect(Math.abs(percentile! - exact)).toBeLessThanOrEqual(exact * 0.02);
      }),
      { numRuns },
    );
  });

  it('is exact where a bucket has one whole number', () => {
    for (const time of [0, 1, 2, 3, 10, 20]) expect(percentileOf(histogramOf([time]), 0.5)).toBe(time);
  });

  it('is null of none', () => {
    expect(percentileOf(new Map(), 0.5)).toBeNull();
  });
});
