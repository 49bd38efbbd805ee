import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { SessionNotFoundError } from '../message-store.errors.js';
import { defaultReaderPool } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { maxPageBytes } from './page-budget.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { SessionReader, type Span } from './session-reader.js';
import { keptColumns, retainedSessions, type ChatSession, type SessionRow } from './session-row.js';
import { withTimeout } from './with-timeout.js';

export interface TranscriptQuery {
  readonly sessionName: string;
  /** 1 to 200. */
  readonly limit: number;
  /** `nextCursor` or `prevCursor` of an earlier page. Without a cursor or `around`: the beginning. */
  readonly cursor?: string;
  /** The id of a message to be in the middle of the page, or the page that ends with the last message. */
  readonly around?: string;
}

export interface TranscriptPage {
  readonly session: ChatSession;
  /** Oldest first. */
  readonly items: Message[];
  /** To the page before this one; null when there is none. */
  readonly prevCursor: string | null;
  /** To the page after this one; null when there is none. */
  readonly nextCursor: string | null;
}

/** The messages of one session in order, a page at a time, both ways. */
export class Transcript {
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
   * @throws SessionNotFoundError MessageNotFoundError InvalidCursorError StoreUnavailableError ReadTimeoutError
   * ReadCancelledError
   */
  async find(query: TranscriptQuery, signal?: AbortSignal): Promise<TranscriptPage> {
    const bound = withTimeout(this.#timeoutMs, signal);
    const cutoff = this.#clock.cutoff();
    const session = await this.#session(query.sessionName, cutoff, bound);
    const reader = new SessionReader(this.#database, session, cutoff, bound);
    const identity = { transcript: query.sessionName };
    const { messages, hasOlder, hasNewer } = await this.#page(reader, query, identity);
    const [first, last] = [messages[0], messages.at(-1)];
    return {
      session,
      items: messages,
      prevCursor: hasOlder && first ? encodeCursor(identity, ['before', ...keyOf(first)]) : null,
      nextCursor: hasNewer && last ? encodeCursor(identity, ['after', ...keyOf(last)]) : null,
    };
  }

  async #page(reader: SessionReader, query: TranscriptQuery, identity: object) {
    const { cursor, around, limit } = query;
    if (cursor !== undefined) {
      const [direction, createdAt = '', id = ''] = decodeCursor(identity, cursor, ['text', 'time', 'uuid']);
      const position = { createdAt, id };
      return direction === 'before'
        ? olderPage(await reader.before(position, { limit }), true)
        : newerPage(await reader.after(position, { limit }), true);
    }
    if (around === undefined) return newerPage(await reader.after(undefined, { limit }), false);
    if (around === 'latest') return olderPage(await reader.before(undefined, { limit }), false);
    return this.#around(reader, around, limit);
  }

  /** The message itself, what fits before it, and after it as much as the page has room for. */
  async #around(reader: SessionReader, id: string, limit: number) {
    const middle = await reader.position(id);
    const half = { limit: Math.max(1, Math.floor((limit - 1) / 2)), maxBytes: maxPageBytes / 2 };
    const older = await reader.before(middle, half);
    // A page of one or two has room for the message itself, and then for the one after it.
    const before = limit > 2 ? older.messages : [];
    const newer = await reader.from(middle, {
      limit: limit - before.length,
      maxBytes: maxPageBytes - older.bytes,
    });
    return {
      messages: [...before, ...newer.messages],
      hasOlder: older.hasMore || before.length < older.messages.length,
      hasNewer: newer.hasMore,
    };
  }

  async #session(sessionName: string, cutoff: Date, signal: AbortSignal): Promise<ChatSession> {
    const parameters = [sessionName, cutoff.toISOString()];
    const rows = await this.#database.query<SessionRow>(sessionByName, parameters, signal);
    const [session] = await retainedSessions(this.#database, rows, cutoff, signal);
    if (!session) throw new SessionNotFoundError('no message of this session is kept');
    return session;
  }
}

function olderPage(span: Span, hasNewer: boolean) {
  return { messages: span.messages, hasOlder: span.hasMore, hasNewer };
}

function newerPage(span: Span, hasOlder: boolean) {
  return { messages: span.messages, hasOlder, hasNewer: span.hasMore };
}

function keyOf(message: Message): [string, string] {
  return [message.createdAt.toISOString(), message.id];
}

const sessionByName = `
  select ${keptColumns}, kept.last_message_at, kept.last_role, kept.last_message_preview
  from chat_sessions kept
  where kept.session_name = $1 and kept.last_message_at >= $2`;
