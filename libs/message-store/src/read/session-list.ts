import type { Queryable } from '../database.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { retainedRange, type TimeRange } from './retained-range.js';
import { sessionOf, sessionWithCounts, type ChatSession, type SessionRow } from './session-row.js';

export interface SessionListQuery extends TimeRange {
  /** 1 to 200. */
  readonly limit: number;
  /** `nextCursor` of an earlier page of the same range. */
  readonly cursor?: string;
}

export interface SessionListPage {
  readonly items: ChatSession[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

/**
 * Sessions with a message in a range, by their last message in it, latest first. A page costs the same however many
 * messages are kept: with an open end it is read from `chat_sessions`, else from the range's messages, newest first.
 */
export class SessionList {
  readonly #database: Queryable;
  readonly #clock: RetentionClock;

  constructor(database: Queryable, clock: RetentionClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws InvalidCursorError StoreUnavailableError ReadTimeoutError */
  async find(query: SessionListQuery): Promise<SessionListPage> {
    const range = retainedRange(query, this.#clock);
    const identity = { list: 'sessions', from: query.from ?? null, to: query.to ?? null };
    const after = query.cursor === undefined ? [] : decodeCursor(identity, query.cursor, ['time', 'text']);
    const rows = await this.#database.query<SessionRow>(
      query.to ? sessionsByMessages : sessionsByLastMessage,
      [
        this.#clock.cutoff().toISOString(),
        range.from,
        range.to,
        after[0] ?? null,
        after[1] ?? null,
        query.limit + 1,
      ],
    );
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map(sessionOf),
      nextCursor:
        last && rows.length > items.length
          ? encodeCursor(identity, [last.last_message_at.toISOString(), last.session_name])
          : null,
    };
  }
}

/** $1 cutoff, $2 from, $3 to, $4 and $5 the key after which the page begins, $6 limit. */
const sessionsByLastMessage = `
  with s as (
    select session_name, last_message_at, last_message_id, last_role, last_message_preview
    from chat_sessions
    where last_message_at >= $2 and last_message_at < $3
      and ($4::timestamptz is null or (last_message_at, session_name) < ($4::timestamptz, $5::text))
    order by last_message_at desc, session_name desc
    limit $6
  )
  ${sessionWithCounts}
  order by s.last_message_at desc, s.session_name desc`;

/**
 * A message counts as a session's last when no later one of its session lies before the range's end. Each is looked up
 * by the key, for a lateral limit cannot become a join: as an anti join PostgreSQL hashes by session, and for one
 * session of 120,000 messages it compared each with each until it ran into the timeout.
 */
const sessionsByMessages = `
  with s as (
    select m.session_name, m.created_at as last_message_at, m.id as last_message_id, m.role as last_role,
           left(m.content, 200) as last_message_preview
    from chat_messages m
    left join lateral (
      select true as found from chat_messages l
      where l.session_name = m.session_name
        and l.created_at >= m.created_at and l.created_at < $3
        and (l.created_at, l.id) > (m.created_at, m.id)
      limit 1) later on true
    where m.created_at >= $2 and m.created_at < $3
      and ($4::timestamptz is null or (m.created_at, m.session_name) < ($4::timestamptz, $5::text))
      and later.found is null
    order by m.created_at desc, m.session_name desc
    limit $6
  )
  ${sessionWithCounts}
  order by s.last_message_at desc, s.session_name desc`;
