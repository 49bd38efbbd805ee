/** By then what was wrong for a while is over. */
const tryAgainAfterMs = 3_600_000;

/**
 * Quarter-hours whose counting failed, and that are to be counted after all others, so that they hold up none. Only this
 * process knows them; there are never more than messages are kept for.
 */
export class FailedQuarters {
  /** When they failed by when they begin, both in milliseconds since 1970; the one that failed first is the first. */
  readonly #failedAt = new Map<number, number>();

  add(quarter: Date, now = Date.now()): void {
    this.#failedAt.delete(quarter.getTime());
    this.#failedAt.set(quarter.getTime(), now);
  }

  all(): Date[] {
    return [...this.#failedAt.keys()].map((quarter) => new Date(quarter));
  }

  /** Takes out the one that failed first, if that was an hour ago or more: it is to be tried again. */
  take(now = Date.now()): Date | undefined {
    const [first] = this.#failedAt;
    if (!first || now - first[1] < tryAgainAfterMs) return undefined;
    this.#failedAt.delete(first[0]);
    return new Date(first[0]);
  }
}
