import type { Queryable } from '../database.js';
import { keptColumns, type SessionRow } from './session-row.js';

/** Of messages read at once: enough for a page of chats as they usually are, and growing where few sessions say much. */
const firstStretch = 1_000;
const longestStretch = 64_000;

/** Of days opened at once: each costs planning and locks; growing where little was said. */
const maxDays = 16;

const dayMs = 86_400_000;

/** A piece of a list. */
export interface ListBounds {
  readonly range: { readonly from: string; readonly to: string };
  /** The last session of the page before. */
  readonly after: { readonly lastMessageAt: string; readonly sessionName: string } | undefined;
  readonly limit: number;
}

/**
 * Sessions by their last message in a range with an end, latest first: the range's messages are walked from its end, a
 * stretch at a time. Within a stretch a session's newest message counts when it has no later one between the stretch
 * and the range's end, so each session is looked up once a stretch, however much it says there.
 */
export async function findEndingSessions(
  database: Queryable,
  { range, after, limit }: ListBounds,
  now: Date,
  signal: AbortSignal,
): Promise<SessionRow[]> {
  const found: SessionRow[] = [];
  let end = after
    ? Math.min(Date.parse(after.lastMessageAt) + 1, Date.parse(range.to))
    : Date.parse(range.to);
  const earliest = Date.parse(range.from);
  for (let days = 1, messages = firstStretch; end > earliest && found.length < limit;) {
    const start = Math.max(earliest, startOfUtcDay(Math.min(end - 1, now.getTime())) - (days - 1) * dayMs);
    const rows = await database.query<StretchRow>(
      sessionsOfStretch,
      [
        new Date(start).toISOString(),
        new Date(end).toISOString(),
        range.to,
        after?.lastMessageAt ?? null,
        after?.sessionName ?? null,
        messages,
        limit - found.length,
      ],
      signal,
    );
    const { walked = 0, walked_to = null } = rows[0] ?? {};
    found.push(...rows.filter(isSession));
    if (walked >= messages && walked_to) {
      end = walked_to.getTime();
      messages = Math.min(4 * messages, longestStretch);
    } else {
      end = start;
      days = Math.min(2 * days, maxDays);
    }
  }
  return found;
}

/** Every row tells how far the stretch reached; one that tells nothing else stands for a stretch without sessions. */
type StretchRow = (SessionRow | { session_name: null }) & { walked: number; walked_to: Date | null };

function isSession(row: StretchRow): row is SessionRow & StretchRow {
  return row.session_name !== null;
}

function startOfUtcDay(time: number): number {
  return Math.floor(time / dayMs) * dayMs;
}

/**
 * $1 and $2 bound the stretch, $3 ends the range, $4 and $5 are the key after which the page begins, $6 how many
 * messages are walked, $7 how many sessions are wanted.
 *
 * A stretch ends with the last message of a millisecond, for sessions of one millisecond are ordered by name. What
 * `chat_sessions` says of a session's last message spares most look-ups of later ones. Each look-up is lateral with a
 * limit, which cannot become a join: that may read every session, or every message up to the range's end.
 */
const sessionsOfStretch = `
  with walked as materialized (
    select session_name, created_at
    from chat_messages
    where created_at >= $1 and created_at < $2
    order by created_at desc
    fetch first $6 rows with ties
  ), newest as (
    select session_name, max(created_at) as last_message_at from walked group by session_name
  ), ending as (
    select ${keptColumns}, newest.last_message_at
    from newest
    cross join lateral (select * from chat_sessions where session_name = newest.session_name limit 1) kept
    left join lateral (
      select true as found from chat_messages later
      where kept.last_message_at >= $3
        and later.session_name = newest.session_name and later.created_at >= $2 and later.created_at < $3
      limit 1) later on true
    where ($4::timestamptz is null
           or (newest.last_message_at, newest.session_name) < ($4::timestamptz, $5::text))
      and (kept.last_message_at < $2 or kept.last_message_at >= $3)
      and later.found is null
    order by newest.last_message_at desc, newest.session_name desc
    limit $7
  )
  select stretch.walked, stretch.walked_to, ending.*, last.role as last_role, last.preview as last_message_preview
  from (select count(*)::int as walked, min(created_at) as walked_to from walked) stretch
  left join ending on true
  left join lateral (
    select m.role, left(m.content, 200) as preview from chat_messages m
    where m.session_name = ending.session_name and m.created_at = ending.last_message_at
      and m.created_at >= $1 and m.created_at < $2
    order by m.id desc
    limit 1) last on true
  order by ending.last_message_at desc, ending.session_name desc`;
