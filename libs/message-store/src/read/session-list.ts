import type { Queryable } from '../database.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { defaultReaderPool } from '../message-store.options.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { retainedRange, type TimeRange } from './retained-range.js';
import { findEndingSessions, type ListBounds } from './session-list-walk.js';
import { keptColumns, retainedSessions, type ChatSession, type SessionRow } from './session-row.js';
import { withTimeout } from './with-timeout.js';

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
  readonly #timeoutMs: number;

  /** @param timeoutMs what a page may take in all: each statement has its own timeout, but their sum needs a bound too. */
  constructor(database: Queryable, clock: RetentionClock, timeoutMs = defaultReaderPool.statementTimeoutMs) {
    this.#database = database;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param signal aborted when nobody waits for the page any more.
   * @throws InvalidCursorError StoreUnavailableError ReadTimeoutError ReadCancelledError
   */
  async find(query: SessionListQuery, signal?: AbortSignal): Promise<SessionListPage> {
    const range = retainedRange(query, this.#clock);
    const identity = { list: 'sessions', from: query.from ?? null, to: query.to ?? null };
    const [at, name] =
      query.cursor === undefined ? [] : decodeCursor(identity, query.cursor, ['time', 'text']);
    const after =
      at !== undefined && name !== undefined ? { lastMessageAt: at, sessionName: name } : undefined;
    const bound = withTimeout(this.#timeoutMs, signal);

    const bounds = { range, after, limit: query.limit + 1 };
    const rows = query.to
      ? await findEndingSessions(this.#database, bounds, this.#clock.now(), bound)
      : await this.#findLatest(bounds, bound);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      items: await retainedSessions(this.#database, shown, this.#clock.cutoff(), bound),
      nextCursor:
        last && rows.length > shown.length
          ? encodeCursor(identity, [last.last_message_at.toISOString(), last.session_name])
          : null,
    };
  }

  /** A session's last message is its last in a range that has no end. */
  async #findLatest({ range, after, limit }: ListBounds, signal: AbortSignal): Promise<SessionRow[]> {
    return this.#database.query<SessionRow>(
      latestSessions,
      [range.from, range.to, after?.lastMessageAt ?? null, after?.sessionName ?? null, limit],
      signal,
    );
  }
}

/** $1 from, $2 to, $3 and $4 the key after which the page begins, $5 limit. */
const latestSessions = `
  select ${keptColumns}, kept.last_message_at, kept.last_role, kept.last_message_preview
  from chat_sessions kept
  where kept.last_message_at >= $1 and kept.last_message_at < $2
    and ($3::timestamptz is null or (kept.last_message_at, kept.session_name) < ($3::timestamptz, $4::text))
  order by kept.last_message_at desc, kept.session_name desc
  limit $5`;
