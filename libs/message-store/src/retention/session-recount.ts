import type { Database } from '../database.js';
import { sessionsPerBatch } from './retention.options.js';
import { recountSessions } from './session-recount-statement.js';

/**
 * Keeps `chat_sessions` true when a session's early messages expire: it is counted again, or deleted when none is
 * left. The writer adds to a session's row in the very statement that inserts its messages, so the rows are locked
 * first and counted in a second statement.
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
      // Only sessions with something left are looked for, and only up to their last message: in few partitions.
      const lastMessageAt = Math.max(
        ...kept.map((session) => session.last_message_at.getTime()),
        cutoff.getTime(),
      );
      const session = ({ session_name }: LockedSession) => session_name;
      return recountSessions(
        transaction,
        { names: locked.map(session), keptNames: kept.map(session), upTo: new Date(lastMessageAt) },
        cutoff,
      );
    }, 'begin isolation level read committed');
  }
}

interface LockedSession {
  readonly session_name: string;
  readonly last_message_at: Date;
}

/**
 * A session leaves this list by being recounted or deleted, so that the next batch is always another one. By name where
 * many began at once, as imported ones do: two runs over the same sessions take the same batches.
 */
const findSessions = `
  select session_name
  from chat_sessions
  where first_message_at < $1
  order by first_message_at, session_name
  limit $2`;

/** In the writer's order: by name. */
const lockSessions = `
  select session_name, last_message_at
  from chat_sessions
  where session_name = any($1)
  order by session_name
  for update`;
