const firstDelayMs = 100;
const maxDelayMs = 5_000;

/**
 * Exponential backoff with jitter: half of the delay is fixed, half is random, so that processes that lost the
 * database together do not come back together.
 * @param attempt 1 for the first retry.
 * @returns milliseconds, 50 to 5,000.
 */
export function retryDelayMs(attempt: number, random = Math.random()): number {
  const ceilingMs = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 16));
  return ceilingMs * (0.5 + random / 2);
}
