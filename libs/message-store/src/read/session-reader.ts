import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { MessageNotFoundError } from '../message-store.errors.js';
import { timeInsideId } from '../write/message-id.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { maxPageBytes, rowsWithinBytes, type BudgetedRow } from './page-budget.js';
import type { ChatSession } from './session-row.js';

/** Read at once: each day costs planning and half a dozen locks. */
const maxSpanMs = 10 * 86_400_000;

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
  readonly #signal: AbortSignal;

  constructor(database: Queryable, session: ChatSession, cutoff: Date, signal: AbortSignal) {
    this.#database = database;
    this.#session = session;
    this.#signal = signal;
    this.#from = (session.startedAt > cutoff ? session.startedAt : cutoff).toISOString();
    // What comes after the session was read is for the next request.
    this.#to = new Date(session.lastMessageAt.getTime() + 1).toISOString();
  }

  /** The last messages before a position, or of the session; oldest first. */
  async before(position: Position | undefined, bounds: SpanBounds): Promise<Span> {
    const span = await this.#read('<', position, bounds);
    return { ...span, messages: span.messages.reverse() };
  }

  /** The first messages after a position, or of the session. */
  async after(position: Position | undefined, bounds: SpanBounds): Promise<Span> {
    return this.#read('>', position, bounds);
  }

  /** The message at a position and those after it. */
  async from(position: Position, bounds: SpanBounds): Promise<Span> {
    return this.#read('>=', position, bounds);
  }

  /** A message's time stands in its id, so that it is looked for on one day. @throws MessageNotFoundError */
  async position(id: string): Promise<Position> {
    const createdAt = timeInsideId(id.toLowerCase())?.toISOString();
    if (createdAt !== undefined && createdAt >= this.#from && createdAt < this.#to) {
      const [found] = await this.#database.query<{ id: string }>(
        `select m.id from chat_messages m where m.session_name = $1 and m.created_at = $2 and m.id = $3::uuid`,
        [this.#session.sessionName, createdAt, id],
        this.#signal,
      );
      if (found) return { createdAt, id: found.id };
    }
    throw new MessageNotFoundError('that message is not in this session');
  }

  /** Some days after the other, until there is enough: a session may last as long as messages are kept. */
  async #read(
    side: Side,
    position: Position | undefined,
    { limit, maxBytes = maxPageBytes }: SpanBounds,
  ): Promise<Span> {
    const messages: Message[] = [];
    let bytes = 0;
    let hasMore = false;
    for (const days of this.#days(side, position)) {
      const room = { rows: limit + 1 - messages.length, bytes: maxBytes - bytes };
      const rows = await this.#readDays(days, side, position, room);
      const kept = rows.slice(0, limit - messages.length);
      // What is over the page's bytes comes only where the page has nothing else.
      const fitting = messages.length > 0 && (kept[0]?.bytes ?? 0) > room.bytes ? [] : kept;
      messages.push(...fitting.map(messageOf));
      bytes += fitting.reduce((sum, row) => sum + row.bytes, 0);
      hasMore = (rows[0]?.found ?? 0) > fitting.length;
      if (hasMore) break;
    }
    return { messages, hasMore, bytes };
  }

  *#days(side: Side, position: Position | undefined): Generator<{ from: string; to: string }> {
    const at = position ? Date.parse(position.createdAt) : undefined;
    const [from, to] = [Date.parse(this.#from), Date.parse(this.#to)];
    if (side === '<') {
      for (let end = Math.min(to, (at ?? to) + 1); end > from; end -= maxSpanMs) {
        yield isoRange(Math.max(from, end - maxSpanMs), end);
      }
    } else {
      for (let start = Math.max(from, at ?? from); start < to; start += maxSpanMs) {
        yield isoRange(start, Math.min(to, start + maxSpanMs));
      }
    }
  }

  async #readDays(
    days: { from: string; to: string },
    side: Side,
    position: Position | undefined,
    room: { rows: number; bytes: number },
  ) {
    const order = side === '<' ? 'm.created_at desc, m.id desc' : 'm.created_at, m.id';
    const fromPosition = `and (m.created_at, m.id) ${side} ($6::timestamptz, $7::uuid)`;
    const oneMore = `
      select ${messageColumns} from chat_messages m
      where m.session_name = $1 and m.created_at >= $2 and m.created_at < $3 ${position ? fromPosition : ''}
      order by ${order}
      limit $4`;
    return this.#database.query<MessageRow & BudgetedRow>(
      rowsWithinBytes(oneMore, order, '$5'),
      [
        this.#session.sessionName,
        days.from,
        days.to,
        room.rows,
        room.bytes,
        ...(position ? [position.createdAt, position.id] : []),
      ],
      this.#signal,
    );
  }
}

type Side = '<' | '>' | '>=';

function isoRange(from: number, to: number): { from: string; to: string } {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}
