import { retryDelayMs } from './retry-delay.js';

describe('the delay before a retry', () => {
  it('doubles from 100 ms to 5 s and stays there', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 50, 5_000].map((attempt) => retryDelayMs(attempt, 1));
    expect(ceilings).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  });

  it('is shortened by chance to no less than half', () => {
    expect(retryDelayMs(1, 0)).toBe(50);
    expect(retryDelayMs(9, 0)).toBe(2_500);
  });
});
