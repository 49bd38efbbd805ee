import {
  addFigures,
  noFigures,
  retentionCutoff,
  type anotherWorkerIsRunning,
  type RetentionFigures,
  type RetentionStore,
} from '@chat-history/message-store';
import type { Logger } from 'pino';
import { failureReason, RunStoppedError } from './failure-reason.js';
import type { RetentionReceipt } from './retention-receipt.js';
import { reasonToRefuse } from './shortened-retention.js';

export interface RunRequest {
  /** Counts what would be deleted, and deletes nothing. */
  readonly dryRun: boolean;
  /** Deletes although the retention was shortened since the last good run. */
  readonly confirmShortened: boolean;
}

/**
 * One clean-up: takes the lock, fixes one cutoff for all its steps, deletes what was created before it, and leaves a
 * receipt. Between two steps it may be stopped, and it stops by itself when the lock is lost.
 */
export class RetentionRun {
  readonly #store: RetentionStore;
  readonly #retentionDays: number;
  readonly #logger: Logger;

  constructor(store: RetentionStore, retentionDays: number, logger: Logger) {
    this.#store = store;
    this.#retentionDays = retentionDays;
    this.#logger = logger;
  }

  /**
   * @param stop its reason is the error of the receipt.
   * @returns the receipt, with the error of a run that failed on its way.
   * @throws StoreUnavailableError where not even a receipt could be written.
   */
  async run(
    request: RunRequest,
    stop: AbortSignal,
  ): Promise<RetentionReceipt | typeof anotherWorkerIsRunning> {
    return this.#store.exclusiveRun.run((lost) => this.#runLocked(request, AbortSignal.any([lost, stop])));
  }

  async #runLocked(request: RunRequest, stop: AbortSignal): Promise<RetentionReceipt> {
    const { runs } = this.#store;
    const startedAt = await runs.now();
    const cutoff = retentionCutoff(startedAt, this.#retentionDays);
    const lastGood = request.confirmShortened ? undefined : await runs.lastGood();
    const refusal = lastGood && reasonToRefuse(lastGood, { startedAt, cutoff });
    const dryRun = request.dryRun || refusal !== undefined;

    const id = await runs.begin({ cutoff, startedAt, dryRun });
    let figures = noFigures;
    let error = refusal ?? null;
    try {
      for await (const step of this.#steps(cutoff, dryRun)) {
        figures = addFigures(figures, step);
        stop.throwIfAborted();
      }
    } catch (cause) {
      error = failureReason(cause);
      if (cause instanceof RunStoppedError) this.#logger.info(error);
      else this.#logger.error({ err: cause }, 'the retention run was cut short');
    }
    const finishedAt = await runs.finish(id, figures, error);
    return { ...figures, cutoff, startedAt, finishedAt, dryRun, error };
  }

  async *#steps(cutoff: Date, dryRun: boolean): AsyncGenerator<Partial<RetentionFigures>> {
    const { expiredMessages } = this.#store;
    if (dryRun) yield await expiredMessages.count(cutoff);
    else yield* expiredMessages.delete(cutoff);
  }
}
