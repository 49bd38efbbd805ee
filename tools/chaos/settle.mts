import { setTimeout as delay } from 'node:timers/promises';
import type { Replica } from './replica.mts';

const lookIntervalMs = 100;

/**
 * Resolves when nothing waits any more, in memory or in a spool.
 * @returns what still waits after `timeoutMs`, as a line; undefined when nothing does.
 */
export async function settled(
  replicas: readonly Replica[],
  timeoutMs: number,
  stopping: AbortSignal,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const waiting = (await Promise.all(replicas.map(waitingIn))).filter((line) => line !== undefined);
    if (waiting.length === 0) return undefined;
    if (Date.now() > deadline) return `after ${timeoutMs / 1_000} s ${waiting.join('; ')}`;
    await delay(lookIntervalMs, undefined, { signal: stopping });
  }
}

async function waitingIn(replica: Replica): Promise<string | undefined> {
  const metrics = await replica.metrics().catch(() => undefined);
  if (!metrics) return `${replica.name} does not answer`;
  const buffered = metrics.get('chat_history_buffered_messages') ?? 0;
  const spooled = metrics.get('chat_history_spooled_messages') ?? 0;
  return buffered + spooled > 0
    ? `${replica.name} still has ${buffered} messages in memory and ${spooled} in its spool`
    : undefined;
}
