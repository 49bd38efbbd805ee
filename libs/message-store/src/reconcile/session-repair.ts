import type { Database } from '../database.js';
import { recountSessions } from '../retention/session-recount-statement.js';
import { quarterOf } from '../statistics/quarter-hour.js';
import { maxLockedMessages, maxLockedSessions } from './reconcile.options.js';
import type { SessionDifference } from './session-comparison.js';

/** Makes the rows of sessions anew from their messages, beside whoever writes. */
export class SessionRepair {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In short transactions; those that are gone or have no message any more lose their row. */
  async mend(differences: readonly SessionDifference[], cutoff: Date): Promise<void> {
    for (const names of groupsOf(differences)) {
      await this.#database.transaction(async (transaction) => {
        await transaction.query(lockOrMakeSessions, [names]);
        await recountSessions(transaction, { names, keptNames: names, upTo: 'infinity' }, cutoff);
        await transaction.query(markQuarters, [names, cutoff.toISOString()]);
      }, 'begin isolation level read committed');
    }
  }
}

function groupsOf(differences: readonly SessionDifference[]): string[][] {
  const groups: string[][] = [];
  let messages = Infinity;
  for (const difference of differences) {
    let group = groups.at(-1);
    messages += difference.messages;
    if (!group || group.length === maxLockedSessions || messages > maxLockedMessages) {
      group = [];
      groups.push(group);
      messages = difference.messages;
    }
    group.push(difference.sessionName);
  }
  return groups;
}

/**
 * In the writer's order: by name. A row that is missing is made here, so that it can be locked like the others before
 * messages are counted, and a writer who would make it waits and then adds to it; nobody else sees it before it is
 * counted. A row that is there is only locked: ON CONFLICT DO UPDATE locks before it looks at its WHERE.
 */
const lockOrMakeSessions = `
  insert into chat_sessions (session_name, started_at, first_message_at, last_message_at, last_message_id, last_role,
                             last_message_preview, message_count, user_count, assistant_count, agent_count)
  select name, 'infinity', 'infinity', 'infinity', '00000000-0000-0000-0000-000000000000', '', '', 0, 0, 0, 0
  from unnest($1::text[]) as name
  order by name
  on conflict (session_name) do update set session_name = excluded.session_name where false`;

/** A quarter's statistics were counted by when its sessions had started. */
const markQuarters = `
  insert into statistics_marks (quarter_start)
  select distinct ${quarterOf('created_at')} from chat_messages where session_name = any($1) and created_at >= $2`;
