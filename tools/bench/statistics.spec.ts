import { median, percentile } from './statistics.mts';

describe('statistics', () => {
  it('take the nearest rank as percentile, whatever the order', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.01, 0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([
      1, 50, 95, 99, 100,
    ]);
    expect(percentile([7], 0.95)).toBe(7);
  });

  it('take the middle value as median, and the mean of two in the middle', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([9, 1, 5, 2])).toBe(3.5);
    expect(median([Infinity, 1, Infinity])).toBe(Infinity);
  });

  it('say so when nothing was measured', () => {
    expect(() => median([])).toThrow('nothing was measured');
    expect(() => percentile([], 0.5)).toThrow('nothing was measured');
  });
});
