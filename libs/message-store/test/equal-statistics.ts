import type { Statistics } from '../src/read/message-statistics.js';

/** Percentiles are compared by themselves. */
export function expectEqual(counted: Statistics, recounted: Statistics): void {
  for (const name of ['p50', 'p90', 'p99'] as const) {
    for (const [value, exact] of [
      [counted.responseTimeMs[name], recounted.responseTimeMs[name]],
      [counted.previous.responseTimeMs[name], recounted.previous.responseTimeMs[name]],
    ] as const) {
      if (value === null || exact === null) expect(value).toBe(exact);
      else expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * 0.02);
    }
  }
  expect(withoutPercentiles(counted)).toEqual(withoutPercentiles(recounted));
}

function withoutPercentiles(counted: Statistics) {
  const only = ({ count: times, mean }: Statistics['responseTimeMs']) => ({
    count: times,
    mean: mean === null ? null : Math.round(mean * 1_000),
  });
  const { previous } = counted;
  return {
    ...counted,
    responseTimeMs: only(counted.responseTimeMs),
    previous: { ...previous, responseTimeMs: only(previous.responseTimeMs) },
  };
}
