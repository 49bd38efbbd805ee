import type { StoreLogger } from '../store-logger.js';

const periodMs = 60_000;

/** Logs the first of its kind at once and then once a minute: an outage must not become a flood of log lines as well. */
export class RepeatedFault {
  readonly #logger: StoreLogger;
  readonly #text: string;
  readonly #level: 'warn' | 'error';
  #nextAtMs = -Infinity;
  #unsaid = 0;
  #isOverSaid = true;

  constructor(logger: StoreLogger, text: string, level: 'warn' | 'error' = 'error') {
    this.#logger = logger;
    this.#text = text;
    this.#level = level;
  }

  happened(reason: string): void {
    this.#unsaid++;
    const nowMs = performance.now();
    if (nowMs < this.#nextAtMs) return;
    this.#logger[this.#level]({ reason, count: this.#unsaid }, this.#text);
    this.#nextAtMs = nowMs + periodMs;
    this.#unsaid = 0;
    this.#isOverSaid = false;
  }

  /** Says that it is over, once for each time that it was said to happen. */
  isOver(text: string): void {
    if (this.#isOverSaid) return;
    this.#logger.info({}, text);
    this.#isOverSaid = true;
  }
}
