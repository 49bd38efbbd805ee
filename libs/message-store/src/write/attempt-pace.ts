import { setTimeout as delay } from 'node:timers/promises';
import { retryDelayMs } from './retry-delay.js';

/** When something that is tried again and again may be tried next: later with every failure in a row, or never. */
export class AttemptPace {
  readonly #stopping = new AbortController();
  #waiting = new AbortController();
  #nextAtMs = -Infinity;
  #failuresInARow = 0;

  /** Aborted when nothing may be begun any more. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Resolves when the next attempt may be made; at once when the wait is cut short. */
  async wait(): Promise<void> {
    const delayMs = this.#nextAtMs - performance.now();
    if (delayMs <= 0) return;
    // Cut: the wait is over early, which is all that is wanted.
    await delay(delayMs, undefined, { signal: this.#waiting.signal }).catch(() => undefined);
  }

  /** @param pauseMs before the next attempt. */
  succeeded(pauseMs = 0): void {
    this.#failuresInARow = 0;
    this.pauseFor(pauseMs);
  }

  /** @param wasInPart some of it went well: then the delays begin anew. */
  failed(wasInPart: boolean): void {
    this.#failuresInARow = wasInPart ? 1 : this.#failuresInARow + 1;
    this.pauseFor(retryDelayMs(this.#failuresInARow));
  }

  pauseFor(pauseMs: number): void {
    this.#nextAtMs = performance.now() + pauseMs;
  }

  /** Lets the next attempt be made now. */
  hurry(): void {
    this.#nextAtMs = -Infinity;
    this.#cutShort();
  }

  /** For good. */
  stop(): void {
    this.#stopping.abort();
    this.#cutShort();
  }

  #cutShort(): void {
    this.#waiting.abort();
    this.#waiting = new AbortController();
  }
}
