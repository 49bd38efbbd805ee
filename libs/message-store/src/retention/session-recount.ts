import type { Database } from '../database.js';
import { sessionsPerBatch } from './retention.options.js';

/**
 * Keeps `chat_sessions` true when a session's early messages expire: it is counted again, or deleted when none is
 * left. `started_at` stays, and the last message is not an expired one while any is left.
 *
 * The writer adds to a session's row in the very statement that inserts its messages. So the rows are locked first
 * and counted in a second statement, which sees everything that was committed before the lock: a writer who has not
 * got the row yet adds to the new count, one who had it first is counted.
 */
export class SessionRecount {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** How many sessions would be deleted. */
  async countExpired(cutoff: Date): Promise<number> {
    const [row] = await this.#database.query<{ count: string }>(
      `select count(*) from chat_sessions where last_message_at < $1`,
      [cutoff.toISOString()],
    );
    return Number(row?.count);
  }

  /** Recounts batch by batch, in short transactions; yields how many sessions each deleted. */
  async *run(cutoff: Date): AsyncGenerator<number> {
    for (;;) {
      const sessions = await this.#database.query<{ session_name: string }>(findSessions, [
        cutoff.toISOString(),
        sessionsPerBatch,
      ]);
      if (sessions.length === 0) return;
      const names = sessions.map((session) => session.session_name);
      yield await this.#recount(names, cutoff);
    }
  }

  async #recount(names: readonly string[], cutoff: Date): Promise<number> {
    return this.#database.transaction(async (transaction) => {
      const locked = await transaction.query<LockedSession>(lockSessions, [names]);
      const kept = locked.filter((session) => session.last_message_at >= cutoff);
      const lastMessageAt = Math.max(
        ...kept.map((session) => session.last_message_at.getTime()),
        cutoff.getTime(),
      );
      const [row] = await transaction.query<{ deleted: string }>(recountSessions, [
        locked.map((session) => session.session_name),
        kept.map((session) => session.session_name),
        cutoff.toISOString(),
        new Date(lastMessageAt).toISOString(),
      ]);
      return Number(row?.deleted);
    }, 'begin isolation level read committed');
  }
}

interface LockedSession {
  readonly session_name: string;
  readonly last_message_at: Date;
}

/** A session leaves this list by being recounted or deleted, so that the next batch is always another one. */
const findSessions = `
  select session_name from chat_sessions where first_message_at < $1 order by first_message_at limit $2`;

/** In the writer's order: by name. */
const lockSessions = `
  select session_name, last_message_at
  from chat_sessions
  where session_name = any($1)
  order by session_name
  for update`;

/** Only sessions with something left are looked for, and only up to their last message: in few partitions. */
const recountSessions = `
  with counted as (
    select session_name,
           min(created_at) as first_message_at,
           count(*) as message_count,
           count(*) filter (where role = 'user') as user_count,
           count(*) filter (where role = 'assistant') as assistant_count,
           count(*) filter (where role = 'agent') as agent_count
    from chat_messages
    where session_name = any($2) and created_at >= $3 and created_at <= $4
    group by session_name
  ), kept as (
    update chat_sessions as session
    set first_message_at = counted.first_message_at,
        message_count = counted.message_count,
        user_count = counted.user_count,
        assistant_count = counted.assistant_count,
        agent_count = counted.agent_count
    from counted
    where session.session_name = counted.session_name
  ), deleted as (
    delete from chat_sessions
    where session_name = any($1) and session_name not in (select session_name from counted)
    returning 1
  )
  select count(*) as deleted from deleted`;
