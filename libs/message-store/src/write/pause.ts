import { setTimeout as delay } from 'node:timers/promises';

/** A wait that can be cut short. */
export class Pause {
  #cut = new AbortController();

  async wait(delayMs: number): Promise<void> {
    if (delayMs <= 0) return;
    // Cut: the wait is over early, which is all that is wanted.
    await delay(delayMs, undefined, { signal: this.#cut.signal }).catch(() => undefined);
  }

  cut(): void {
    this.#cut.abort();
    this.#cut = new AbortController();
  }
}
