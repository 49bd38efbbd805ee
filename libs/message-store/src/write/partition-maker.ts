import type { Queryable } from '../database.js';
import { retentionCutoff } from '../retention/retention-cutoff.js';
import { addDays, utcDay } from '../utc-day.js';

/** Partitions are there this many days before they are needed, should the database refuse DDL for a while. */
const daysAhead = 2;

/** The last UTC day whose messages are taken: later ones are of a clock that is wrong. */
function lastDay(now: Date): string {
  return addDays(utcDay(now), daysAhead);
}

/** The end of that day: no message that is kept is of this moment or later. */
export function takenUntil(now: Date): Date {
  return new Date(addDays(lastDay(now), 1));
}

/**
 * Makes daily partitions of `chat_messages`. Days are made only from the retention cutoff to two days ahead: a
 * broken clock or an old spool must not fill the table with partitions.
 */
export class PartitionMaker {
  readonly #database: Queryable;
  readonly #retentionDays: number;
  readonly #made = new Set<string>();

  constructor(database: Queryable, retentionDays: number) {
    this.#database = database;
    this.#retentionDays = retentionDays;
  }

  /**
   * Makes what is missing of the given days. Asks the database only for days that it was not yet asked for.
   * @param days UTC days, `YYYY-MM-DD`; those outside the bounds are left out.
   * @throws as `Queryable.query`.
   */
  async ensure(days: Iterable<string>, now = new Date()): Promise<void> {
    const oldest = utcDay(retentionCutoff(now, this.#retentionDays));
    const newest = lastDay(now);
    for (const day of days) {
      if (this.#made.has(day) || day < oldest || day > newest) continue;
      await this.#database.query('select make_chat_messages_partition($1::date)', [day]);
      this.#made.add(day);
    }
    for (const day of this.#made) if (day < oldest) this.#made.delete(day);
  }

  /** Makes today's partition and those of the days ahead, so that the first message of a day finds its own. */
  async ensureAhead(now = new Date()): Promise<void> {
    const days = Array.from({ length: daysAhead + 1 }, (_, count) => addDays(utcDay(now), count));
    await this.ensure(days, now);
  }

  /** To be called when the database says that a partition is missing after all. */
  forget(): void {
    this.#made.clear();
  }
}
