import { setTimeout as delay } from 'node:timers/promises';

/** Below the 5 s after which an agent's answer must have an outcome, with time left for the guard's question. */
const commitTimeoutMs = 4_000;

/** The database did not confirm a message in time. It is still tried: the message may yet be stored. */
export class MessageUnconfirmedError extends Error {
  override readonly name = 'MessageUnconfirmedError';
}

/**
 * Waits for a message's commit, but not for ever.
 * @throws MessageUnconfirmedError after 4 s; whatever `durable` rejects with.
 */
export async function committedInTime(durable: Promise<unknown>): Promise<void> {
  const timer = new AbortController();
  const timeUp = delay(commitTimeoutMs, undefined, { signal: timer.signal }).then(() => {
    throw new MessageUnconfirmedError('the message was not confirmed in time');
  });
  try {
    await Promise.race([durable, timeUp]);
  } finally {
    timer.abort();
    timeUp.catch(() => undefined);
  }
}
