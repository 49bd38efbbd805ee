import type { Queryable } from '../database.js';
import type { RetentionFigures } from './retention-figures.js';
import { turnsPerBatch } from './retention.options.js';

/**
 * What turns keep of each other, once nobody asks for it any more: idempotency keys after their 24 hours, and a
 * session's lease and bot's note when no message of the session is left and it had no turn for a day. By the
 * database's clock, as they were made; the cutoff of messages has no say.
 */
export class ExpiredTurns {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** Deletes in short transactions; yields after each. A receipt says nothing of it: no text is in these rows. */
  async *delete(): AsyncGenerator<Partial<RetentionFigures>> {
    yield* this.#walk<{ created_at: Date }>(deleteKeys, new Date(0), (last) => last.created_at);
    yield* this.#walk<{ session_name: string }>(deleteTurns, '', (last) => last.session_name);
  }

  /** Goes on after the last row of each batch: from the start it would meet all those again that are only just dead. */
  async *#walk<Row extends object>(
    sql: string,
    start: unknown,
    next: (last: Row) => unknown,
  ): AsyncGenerator<Partial<RetentionFigures>> {
    for (let after = start; ;) {
      const [last] = await this.#database.query<Row>(sql, [after, turnsPerBatch]);
      if (!last) return;
      after = next(last);
      yield {};
    }
  }
}

/** At least a batch, and all that were made in the same millisecond as its last. */
const deleteKeys = `
  with batch as (
    select created_at from chat_idempotency_keys
    where created_at > $1 and created_at < now() - interval '24 hours'
    order by created_at
    limit $2
  ), last as (
    select max(created_at) as created_at from batch
  ), deleted as (
    delete from chat_idempotency_keys as key using last
    where key.created_at > $1 and key.created_at <= last.created_at
  )
  select created_at from last where created_at is not null`;

/** By name, for there is no index on what changes with every turn. */
const deleteTurns = `
  with batch as (
    select session_name from chat_turns where session_name > $1 order by session_name limit $2
  ), deleted as (
    delete from chat_turns as turn using batch
    where turn.session_name = batch.session_name and turn.updated_at < now() - interval '24 hours'
      and not exists (select from chat_sessions session where session.session_name = turn.session_name)
  )
  select session_name from batch order by session_name desc limit 1`;
