import type { Queryable } from '../database.js';

/**
 * What statistics keep of quarter-hours that no reader's range has whole any more: those that began before the cutoff.
 * What later quarters keep of the time before the cutoff counts for no range that begins at it or later.
 */
export class ExpiredQuarters {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** A day has 96 of them, so one statement each will do. */
  async delete(cutoff: Date): Promise<void> {
    for (const sql of deleteAll) await this.#database.query(sql, [cutoff.toISOString()]);
  }
}

const deleteAll = [
  'delete from statistics_quarters where quarter_start < $1',
  'delete from statistics_days where day_start < $1',
  'delete from statistics_marks where quarter_start < $1',
];
