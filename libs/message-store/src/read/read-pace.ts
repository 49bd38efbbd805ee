/** What an index gives is there in 2 to 15 ms, at ten million messages too. */
const longReadMs = 500;

/**
 * So many times its work a long read takes in all: it leaves the rest of the time to the writer. What the index gives is
 * looked at for half of it, for that comes to an end; a walk past every message seldom does, and has a quarter.
 */
const timesItsWork = { ordered: 4, planned: 2, gathered: 2 };

/** Of one read in several statements: from half a second of work on, it rests between them. */
export class ReadPace {
  readonly #times: number;
  readonly #startedAtMs: number;
  #workMs = 0;

  constructor(way: keyof typeof timesItsWork, nowMs = performance.now()) {
    this.#times = timesItsWork[way];
    this.#startedAtMs = nowMs;
  }

  /**
   * To be asked after each statement.
   * @param workedMs how long it took.
   * @returns how long to wait before the next, in milliseconds.
   */
  restMs(workedMs: number, nowMs = performance.now()): number {
    this.#workMs += workedMs;
    if (this.#workMs < longReadMs) return 0;
    return Math.max(0, this.#times * this.#workMs - (nowMs - this.#startedAtMs));
  }
}
