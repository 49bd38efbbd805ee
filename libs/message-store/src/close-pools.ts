import { closeTimeoutMs } from './message-store.options.js';
import type { StoreLogger } from './store-logger.js';
import { within } from './write/within.js';

/** Ends their connections, and waits no longer than `closeTimeoutMs`: a server that hangs answers no goodbye. Never rejects. */
export async function closePools(
  pools: readonly ({ close(): Promise<void> } | undefined)[],
  logger: StoreLogger,
): Promise<void> {
  const ended = Promise.all(pools.map((pool) => pool?.close()));
  await within(closeTimeoutMs, ended).catch(() =>
    logger.warn({}, 'a database connection did not end in time'),
  );
}
