import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { MessageNotFoundError } from '../message-store.errors.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { maxPageBytes, rowsWithinBytes, type BudgetedRow } from './page-budget.js';
import type { ChatSession } from './session-row.js';

/** Where a message stands within its session. */
export interface Position {
  readonly createdAt: string;
  readonly id: string;
}

/** Neighbouring messages, oldest first, and whether there are more beyond them. */
export interface Span {
  readonly messages: Message[];
  readonly hasMore: boolean;
  /** Of all their texts, in UTF-8. */
  readonly bytes: number;
}

/** How much of a session is asked for at most; at least one message comes if there is any. */
export interface SpanBounds {
  readonly limit: number;
  readonly maxBytes?: number;
}

/**
 * Reads stretches of one session. Every statement carries the session's first and last time: constants that leave
 * only its own days' partitions to look at.
 */
export class SessionReader {
  readonly #database: Queryable;
  readonly #session: ChatSession;
  readonly #from: string;
  readonly #to: string;
  readonly #signal: AbortSignal | undefined;

  constructor(database: Queryable, session: ChatSession, cutoff: Date, signal?: AbortSignal) {
    this.#database = database;
    this.#session = session;
    this.#signal = signal;
    this.#from = (session.startedAt > cutoff ? session.startedAt : cutoff).toISOString();
    // What comes after the session was read is for the next request.
    this.#to = new Date(session.lastMessageAt.getTime() + 1).toISOString();
  }

  /** The last messages before a position, or of the session; oldest first. */
  async before(position: Position | undefined, bounds: SpanBounds): Promise<Span> {
    const span = await this.#read('<', position, 'm.created_at desc, m.id desc', bounds);
    return { ...span, messages: span.messages.reverse() };
  }

  /** The first messages after a position, or of the session. */
  async after(position: Position | undefined, bounds: SpanBounds): Promise<Span> {
    return this.#read('>', position, 'm.created_at, m.id', bounds);
  }

  /** The message at a position and those after it. */
  async from(position: Position, bounds: SpanBounds): Promise<Span> {
    return this.#read('>=', position, 'm.created_at, m.id', bounds);
  }

  /** @throws MessageNotFoundError */
  async position(id: string): Promise<Position> {
    const [row] = await this.#database.query<{ created_at: Date }>(
      `select m.created_at from chat_messages m
       where m.session_name = $1 and m.created_at >= $2 and m.created_at < $3 and m.id = $4::uuid`,
      [this.#session.sessionName, this.#from, this.#to, id],
      this.#signal,
    );
    if (!row) throw new MessageNotFoundError('that message is not in this session');
    return { createdAt: row.created_at.toISOString(), id };
  }

  async #read(
    side: '<' | '>' | '>=',
    position: Position | undefined,
    order: string,
    { limit, maxBytes = maxPageBytes }: SpanBounds,
  ): Promise<Span> {
    const fromPosition = `and (m.created_at, m.id) ${side} ($6::timestamptz, $7::uuid)`;
    const oneMore = `
      select ${messageColumns} from chat_messages m
      where m.session_name = $1 and m.created_at >= $2 and m.created_at < $3 ${position ? fromPosition : ''}
      order by ${order}
      limit $4`;
    const rows = await this.#database.query<MessageRow & BudgetedRow>(
      rowsWithinBytes(oneMore, order, '$5'),
      [
        this.#session.sessionName,
        this.#from,
        this.#to,
        limit + 1,
        maxBytes,
        ...(position ? [position.createdAt, position.id] : []),
      ],
      this.#signal,
    );
    const kept = rows.slice(0, limit);
    return {
      messages: kept.map(messageOf),
      hasMore: (rows[0]?.found ?? 0) > kept.length,
      bytes: kept.reduce((sum, row) => sum + row.bytes, 0),
    };
  }
}
