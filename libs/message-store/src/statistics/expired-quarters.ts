import { advisoryLocks } from '../advisory-locks.js';
import type { Database } from '../database.js';

/**
 * Keeps what statistics have counted true to the messages that a run leaves. The retention may be lengthened
 * afterwards, and then a reader's range begins before the cutoff that the run had: so no kept quarter may look back to
 * what is gone. It is mended here, once a run, and not left to readers, who cannot tell a message that was deleted from
 * one that was imported into its time since.
 */
export class ExpiredQuarters {
  readonly #database: Pick<Database, 'query' | 'transaction'>;

  constructor(database: Pick<Database, 'query' | 'transaction'>) {
    this.#database = database;
  }

  /**
   * Has quarters counted again that an earlier run with a later cutoff may have made untrue, because it did not come to
   * its end: how far it came, only the messages tell. There are none unless the retention was lengthened since; otherwise
   * the run that begins now goes further than the one that was cut.
   */
  async markDoubtful(cutoff: Date): Promise<void> {
    await this.#database.query(markDoubtful, [cutoff.toISOString()]);
  }

  /**
   * Deletes the quarters that began before the cutoff, and takes out of the others what was there before it: for when
   * every message before it is deleted, and none after it. It waits for a quarter that is being counted, which may have
   * seen them; a later one does not. A day has 96 quarters, so one statement each will do.
   */
  async delete(cutoff: Date): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.query('select pg_advisory_xact_lock($1)', [advisoryLocks.quarterCounting]);
      for (const sql of [...deleteAll, forget]) await transaction.query(sql, [cutoff.toISOString()]);
    }, 'begin isolation level read committed');
  }
}

const deleteAll = [
  'delete from statistics_quarters where quarter_start < $1',
  'delete from statistics_days where day_start < $1',
  'delete from statistics_marks where quarter_start < $1',
];

/** When those were last there before a quarter that do not count in it again. */
const links = ['returned', 'agent_returned', 'late_answered'];

/** SQL: whether a kept quarter looks back to a time before some moment; null when it looks back to nothing. */
const looksBackBehind = (moment: string) =>
  `least(${links.map((link) => `${link}_since`).join(', ')}) < ${moment}`;

const forget = `
  update statistics_quarters set
    ${links
      .map(
        (link) => `
    (${link}_count, ${link}_since, ${link}) =
      (select count(*), min(time), coalesce(array_agg(time), '{}') from unnest(${link}) as time where time >= $1)`,
      )
      .join(',')}
  where ${looksBackBehind('$1')}`;

const markDoubtful = `
  with cut as (
    select max(cutoff) as cutoff
    from retention_runs run
    where not dry_run and (finished_at is null or error is not null) and cutoff > $1
      and not exists (select from retention_runs good
                      where good.started_at > run.started_at
                        and not good.dry_run and good.finished_at is not null and good.error is null)
  )
  insert into statistics_marks (quarter_start)
  select quarter_start
  from statistics_quarters, cut
  where quarter_start < cut.cutoff or ${looksBackBehind('cut.cutoff')}`;
