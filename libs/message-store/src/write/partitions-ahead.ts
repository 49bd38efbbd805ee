import { reasonOf } from '../reason-of.js';
import type { StoreLogger } from '../store-logger.js';
import type { PartitionMaker } from './partition-maker.js';

/** How long after partitions ahead were made, or could not be made, they are looked after again. */
const intervalMs = 60_000;

/**
 * Makes partitions ahead beside the writing of messages: whatever refuses a partition that nobody needs yet (a long
 * VACUUM or ANALYZE of the parent, say) must not hold up the messages of today.
 */
export class PartitionsAhead {
  readonly #partitions: PartitionMaker;
  readonly #logger: StoreLogger;
  #nextAt = 0;

  constructor(partitions: PartitionMaker, logger: StoreLogger) {
    this.#partitions = partitions;
    this.#logger = logger;
  }

  /** To be called often, whenever the database is seen to answer; does something at most once a minute. */
  lookAfter(now = new Date()): void {
    if (now.getTime() < this.#nextAt) return;
    this.#nextAt = now.getTime() + intervalMs;
    this.#partitions.ensureAhead(now).catch((error: unknown) => {
      this.#logger.warn({ reason: reasonOf(error) }, 'a partition ahead could not be made');
    });
  }
}
