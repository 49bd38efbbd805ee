import { Gauge, type Registry } from 'prom-client';
import type { RetentionReceipt } from './retention-receipt.js';

/** What a monitor asks of the clean-up: when it last ran, whether it was good, what it did; NaN until that is known. */
export class RetentionMetrics {
  readonly #lastRunAt: Gauge;
  readonly #lastRunGood: Gauge;
  readonly #lastGoodRunAt: Gauge;
  readonly #messagesDeleted: Gauge;
  readonly #sessionsDeleted: Gauge;
  readonly #partitionsDropped: Gauge;
  readonly #postponed: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string) => {
      const made = new Gauge({ name: `chat_history_retention_${name}`, help, registers: [registry] });
      // Not 0, which would say that a run failed, long ago.
      made.set(Number.NaN);
      return made;
    };
    this.#lastRunAt = gauge('last_run_timestamp_seconds', 'When the last run of this worker ended');
    this.#lastRunGood = gauge(
      'last_run_good',
      '1 when the last run of this worker was good, 0 when it failed',
    );
    this.#lastGoodRunAt = gauge(
      'last_good_run_timestamp_seconds',
      'When the last good run that this worker knows of ended; of several workers the greatest counts',
    );
    this.#messagesDeleted = gauge('messages_deleted', 'Messages that the last run of this worker deleted');
    this.#sessionsDeleted = gauge('sessions_deleted', 'Sessions that the last run of this worker deleted');
    this.#partitionsDropped = gauge('partitions_dropped', 'Daily partitions that the last run dropped');
    this.#postponed = gauge('postponed', 'What the last run had to leave to a later one');
  }

  /** A run that could not even leave a receipt. */
  recordFailure(): void {
    this.#lastRunAt.setToCurrentTime();
    this.#lastRunGood.set(0);
  }

  recordRun(receipt: RetentionReceipt): void {
    this.#lastRunAt.set(receipt.finishedAt.getTime() / 1_000);
    this.#lastRunGood.set(receipt.error === null ? 1 : 0);
    if (receipt.error === null) this.recordGoodRun(receipt.finishedAt);
    this.#messagesDeleted.set(receipt.dryRun ? 0 : receipt.messagesDeleted);
    this.#sessionsDeleted.set(receipt.dryRun ? 0 : receipt.sessionsDeleted);
    this.#partitionsDropped.set(receipt.dryRun ? 0 : receipt.partitionsDropped.length);
    this.#postponed.set(receipt.postponed.length);
  }

  recordGoodRun(finishedAt: Date): void {
    this.#lastGoodRunAt.set(finishedAt.getTime() / 1_000);
  }
}
