import type { RetentionClock } from '../retention/retention-clock.js';
import type {
  NameRange,
  SessionComparer,
  SessionComparison,
  SessionDifference,
} from './session-comparison.js';
import type { SessionRepair } from './session-repair.js';
import type { UnindexedCounts, UnindexedMessages } from './unindexed-messages.js';

/** What was found in one batch, and mended if that was wanted. */
export interface ReconciledBatch {
  readonly sessions: number;
  readonly messages: number;
  /** Of the sessions, those that the next retention run counts again or deletes. */
  readonly expiring: number;
  readonly differences: readonly SessionDifference[];
  readonly unindexed: UnindexedCounts;
}

/**
 * Looks whether `chat_sessions` says of every session what its messages say, and whether every message can be found by
 * its words. Goes from name to name in batches, beside writers and retention runs, in bounded memory.
 */
export class Reconciliation {
  readonly #comparer: SessionComparer;
  readonly #repair: SessionRepair;
  readonly #unindexed: UnindexedMessages;
  readonly #clock: RetentionClock;

  constructor(
    comparer: SessionComparer,
    repair: SessionRepair,
    unindexed: UnindexedMessages,
    clock: RetentionClock,
  ) {
    this.#comparer = comparer;
    this.#repair = repair;
    this.#unindexed = unindexed;
    this.#clock = clock;
  }

  /**
   * Goes at the pace of who iterates; a batch is done, and mended if `repair`, when it is yielded.
   * @throws StoreUnavailableError ReadTimeoutError; what was yielded stays mended.
   */
  async *run({ repair }: { readonly repair: boolean }): AsyncGenerator<ReconciledBatch> {
    for (let after: string | null = ''; after !== null;) {
      const range: NameRange = await this.#comparer.nextRange(after, this.#clock.cutoff());
      const { unindexed, ...compared } = await this.#compare(range);
      if (repair) await this.#repair.mend(compared.differences, this.#clock.cutoff());
      yield { ...compared, unindexed: unindexed > 0 ? await this.#walkUnindexed(range, repair) : none };
      after = range.upTo;
    }
  }

  /**
   * What differs is compared once more, with a later cutoff: a retention run may have deleted meanwhile what the first
   * cutoff still counted, and not yet have counted the session again.
   */
  async #compare(range: NameRange): Promise<SessionComparison> {
    const compared = await this.#comparer.compare(range, this.#clock.cutoff());
    if (compared.differences.length === 0) return compared;
    return this.#comparer.compare(range, this.#clock.cutoff());
  }

  async #walkUnindexed(range: NameRange, repair: boolean): Promise<UnindexedCounts> {
    let { indexable, unindexable } = none;
    for await (const counts of this.#unindexed.walk(range, this.#clock.cutoff(), { repair })) {
      indexable += counts.indexable;
      unindexable += counts.unindexable;
    }
    return { indexable, unindexable };
  }
}

const none: UnindexedCounts = { indexable: 0, unindexable: 0 };
