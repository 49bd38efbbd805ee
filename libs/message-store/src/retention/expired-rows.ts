import type { Queryable } from '../database.js';
import { utcDay } from '../utc-day.js';
import { messagesPerBatch } from './retention.options.js';

/** Messages past their retention on the day of the cutoff, whose partition has to stay for those that are not. */
export class ExpiredRows {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  async count(cutoff: Date): Promise<number> {
    const [row] = await this.#database.query<{ count: string }>(
      `select count(*) from chat_messages where created_at >= $1 and created_at < $2`,
      [startOfDay(cutoff), cutoff.toISOString()],
    );
    return Number(row?.count);
  }

  /** Deletes them in short transactions, oldest first; yields how many went with each. */
  async *delete(cutoff: Date): AsyncGenerator<number> {
    const range = [startOfDay(cutoff), cutoff.toISOString()];
    // By key and not from the start each time: there the index is full of rows that are only just dead.
    let after: Key = { created_at: new Date(Date.parse(startOfDay(cutoff)) - 1), id: zeroId };
    for (;;) {
      const [batch] = await this.#database.query<Key & { deleted: string }>(deleteBatch, [
        ...range,
        after.created_at.toISOString(),
        after.id,
        messagesPerBatch,
      ]);
      if (!batch) return;
      after = batch;
      yield Number(batch.deleted);
    }
  }
}

interface Key {
  readonly created_at: Date;
  readonly id: string;
}

const zeroId = '00000000-0000-0000-0000-000000000000';

function startOfDay(moment: Date): string {
  return `${utcDay(moment)}T00:00:00.000Z`;
}

/** The time bounds stand at the table itself too, so that only the day's partition is planned and locked. */
const deleteBatch = `
  with batch as (
    select session_name, created_at, id
    from chat_messages
    where created_at >= $1 and created_at < $2 and (created_at, id) > ($3::timestamptz, $4::uuid)
    order by created_at, id
    limit $5
  ), deleted as (
    delete from chat_messages as message using batch
    where message.session_name = batch.session_name and message.created_at = batch.created_at
      and message.id = batch.id and message.created_at >= $1 and message.created_at < $2
    returning 1
  )
  select created_at, id, (select count(*) from deleted) as deleted
  from batch
  order by created_at desc, id desc
  limit 1`;
