import type { StoreLogger } from '../store-logger.js';
import { RepeatedFault } from './repeated-fault.js';

/** Whether the database takes messages, as far as the last that were sent to it tell. */
export class DatabaseWatch {
  /** Since when no other flush can be begun, by `performance.now()`; undefined while one can. */
  noFlushSinceMs: number | undefined;
  readonly #outages: RepeatedFault;
  readonly #listeners: (() => void)[] = [];
  #isUp = true;
  #lastSuccessMs = -Infinity;
  #failures = 0;

  constructor(logger: StoreLogger) {
    this.#outages = new RepeatedFault(logger, 'the database takes no messages', 'warn');
  }

  /** False from a failed write to the next one that succeeds. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** Writes that failed, of flushes and replays. */
  get failures(): number {
    return this.#failures;
  }

  /** Calls it whenever the database went away or came back. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  succeeded(): void {
    this.#lastSuccessMs = performance.now();
    if (this.#isUp) return;
    this.#outages.isOver('the database takes messages again');
    this.#become(true);
  }

  /** @param startedAtMs when the write began: one that began before another succeeded tells nothing new. */
  failed(cause: Error, startedAtMs: number): void {
    this.#failures++;
    if (startedAtMs < this.#lastSuccessMs) return;
    this.#outages.happened(cause.message);
    if (this.#isUp) this.#become(false);
  }

  /** A write failed that tells nothing of others: the database is there, and one row may be what troubles it. */
  failedInPart(): void {
    this.#failures++;
  }

  /** Lets everybody try once more, as if the database had not been away. */
  hope(): void {
    if (!this.#isUp) this.#become(true);
  }

  #become(isUp: boolean): void {
    this.#isUp = isUp;
    for (const listener of this.#listeners) listener();
  }
}
