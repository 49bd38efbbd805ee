import type { Queryable } from '../database.js';
import { recountedSql } from '../session-counts.js';
import { maxBatchMessages, maxBatchSessions } from './reconcile.options.js';

/** What can be wrong with a session's row: it is not there, is there without a message, or a column of it. */
export type SessionFault =
  | 'missing'
  | 'superfluous'
  | 'started_at'
  | 'first_message_at'
  | 'last_message_at'
  | 'last_message_id'
  | 'last_role'
  | 'last_message_preview'
  | 'message_count'
  | 'user_count'
  | 'assistant_count'
  | 'agent_count';

export interface SessionDifference {
  readonly sessionName: string;
  readonly faults: readonly SessionFault[];
  /** How many messages the session has. */
  readonly messages: number;
}

/** Sessions between two names, in the database's order: after the first, up to and with the second or to the end. */
export interface NameRange {
  readonly after: string;
  readonly upTo: string | null;
}

export interface SessionComparison {
  readonly sessions: number;
  readonly messages: number;
  /** Of the messages, those without a search vector. */
  readonly unindexed: number;
  /** Of the sessions, those that the next retention run counts again or deletes. */
  readonly expiring: number;
  readonly differences: readonly SessionDifference[];
}

/** Compares what `chat_sessions` keeps with a recount of `chat_messages`. */
export class SessionComparer {
  readonly #database: Queryable;

  constructor(database: Queryable) {
    this.#database = database;
  }

  /** The next batch of sessions after a name; names that only messages have are among them. */
  async nextRange(after: string, cutoff: Date): Promise<NameRange> {
    const [row] = await this.#database.query<{ up_to: string | null }>(endOfBatch, [
      after,
      cutoff.toISOString(),
      maxBatchSessions,
      maxBatchMessages,
    ]);
    return { after, upTo: row?.up_to ?? null };
  }

  /**
   * In one statement: it sees of each of the writer's batches, messages and sessions, all or nothing.
   * @param cutoff messages before it count no more. Rows that still count some wait for the retention worker: of them
   * it is asked that they have the true last message, and count no less than what is kept.
   */
  async compare({ after, upTo }: NameRange, cutoff: Date): Promise<SessionComparison> {
    const [row] = await this.#database.query<SessionComparison>(compareSessions, [
      after,
      upTo,
      cutoff.toISOString(),
    ]);
    if (!row) throw new Error('a comparison returned no row');
    return row;
  }
}

/** The last name of so many, or none of what is less than a batch. */
const lastOf = (names: string, count: string) => `
  (select case when count(*) = ${count}::bigint then max(session_name) end
   from (${names} order by session_name limit ${count}::bigint) names)`;

const endOfBatch = `
  select least(
    ${lastOf('select session_name from chat_sessions where session_name > $1', '$3')},
    ${lastOf('select session_name from chat_messages where session_name > $1 and created_at >= $2', '$4')}) as up_to`;

const ofBatch = `session_name > $1 and ($2::text is null or session_name <= $2)`;

const differs = (column: SessionFault) =>
  `case when kept.${column} is distinct from counted.${column} then '${column}' end`;

const countDiffers = (column: SessionFault) => `
  case when kept.${column} < counted.${column}
         or kept.${column} > counted.${column} and not kept.is_expiring then '${column}' end`;

const unindexedCount = 'count(*) filter (where content_tsv is null) as unindexed';

const compareSessions = `
  with ${recountedSql(ofBatch, 'created_at >= $3', unindexedCount)}, kept as (
    select *, first_message_at < $3 as is_expiring from chat_sessions where ${ofBatch}
  ), compared as (
    select session_name, counted.message_count, counted.unindexed, kept.is_expiring,
           case
             when kept.started_at is null then array['missing']
             when counted.message_count is null and kept.last_message_at >= $3 then array['superfluous']
             when counted.message_count is null then '{}'
             else array_remove(array[
               case when kept.started_at > kept.first_message_at then 'started_at' end,
               case when kept.first_message_at <> counted.first_message_at and not kept.is_expiring
                    then 'first_message_at' end,
               ${differs('last_message_at')},
               ${differs('last_message_id')},
               ${differs('last_role')},
               ${differs('last_message_preview')},
               ${countDiffers('message_count')},
               ${countDiffers('user_count')},
               ${countDiffers('assistant_count')},
               ${countDiffers('agent_count')}], null)
           end as faults
    from recounted counted full join kept using (session_name)
  )
  select count(*)::float8 as sessions,
         coalesce(sum(message_count), 0)::float8 as messages,
         coalesce(sum(unindexed), 0)::float8 as unindexed,
         count(*) filter (where is_expiring)::float8 as expiring,
         coalesce(json_agg(json_build_object('sessionName', session_name, 'faults', faults,
                                             'messages', coalesce(message_count, 0))
                           order by session_name) filter (where cardinality(faults) > 0), '[]') as differences
  from compared`;
