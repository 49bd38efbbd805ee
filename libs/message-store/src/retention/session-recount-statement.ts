import type { Queryable } from '../database.js';
import { recountedSql } from '../session-counts.js';

export interface LockedSessions {
  /** All whose rows this transaction has locked. */
  readonly names: readonly string[];
  /** Those of them that may have messages left. */
  readonly keptNames: readonly string[];
  /** The last moment at which one of these may have a message: it leaves later partitions alone. */
  readonly upTo: Date | 'infinity';
}

/**
 * Counts sessions again from `cutoff` on and deletes those of whom nothing is left. To be asked in a statement after the
 * one that locked their rows, in READ COMMITTED: it sees everything that was committed before the lock, so that a writer
 * who has not got the row yet adds to the new count, and one who had it first is counted. `started_at` stays.
 * @returns how many were deleted.
 */
export async function recountSessions(
  transaction: Queryable,
  { names, keptNames, upTo }: LockedSessions,
  cutoff: Date,
): Promise<number> {
  const [row] = await transaction.query<{ deleted: string }>(recount, [
    names,
    keptNames,
    cutoff.toISOString(),
    upTo === 'infinity' ? upTo : upTo.toISOString(),
  ]);
  return Number(row?.deleted);
}

const recount = `
  with ${recountedSql('session_name = any($2)', 'created_at >= $3 and created_at <= $4')}, kept as (
    update chat_sessions as session
    set started_at = least(session.started_at, recounted.first_message_at),
        first_message_at = recounted.first_message_at,
        last_message_at = recounted.last_message_at,
        last_message_id = recounted.last_message_id,
        last_role = recounted.last_role,
        last_message_preview = recounted.last_message_preview,
        message_count = recounted.message_count,
        user_count = recounted.user_count,
        assistant_count = recounted.assistant_count,
        agent_count = recounted.agent_count
    from recounted
    where session.session_name = recounted.session_name
  ), deleted as (
    delete from chat_sessions
    where session_name = any($1) and session_name not in (select session_name from counted)
    returning 1
  )
  select count(*) as deleted from deleted`;
