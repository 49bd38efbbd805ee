import { setTimeout as delay } from 'node:timers/promises';

/** What is under way has so long to end when the process stops: less than answers and the message store need of its 30 s. */
export const drainTimeoutMs = 5_000;

/** @returns whether the promise, which must not reject, was resolved in time. */
export async function endsWithin(ms: number, promise: Promise<void> | undefined): Promise<boolean> {
  const over = new AbortController();
  const late = delay(ms, false, { signal: over.signal }).catch(() => false);
  const ended = await Promise.race([Promise.resolve(promise).then(() => true), late]);
  over.abort();
  return ended;
}
