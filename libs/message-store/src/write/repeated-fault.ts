import type { StoreLogger } from '../store-logger.js';

const periodMs = 60_000;

/** Logs the first of its kind at once and then once a minute: an outage must not become a flood of log lines as well. */
export class RepeatedFault {
  readonly #logger: StoreLogger;
  readonly #text: string;
  #nextAtMs = -Infinity;
  #unsaid = 0;

  constructor(logger: StoreLogger, text: string) {
    this.#logger = logger;
    this.#text = text;
  }

  happened(reason: string): void {
    this.#unsaid++;
    const nowMs = performance.now();
    if (nowMs < this.#nextAtMs) return;
    this.#logger.error({ reason, count: this.#unsaid }, this.#text);
    this.#nextAtMs = nowMs + periodMs;
    this.#unsaid = 0;
  }
}
