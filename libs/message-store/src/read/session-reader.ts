import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { MessageNotFoundError } from '../message-store.errors.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { withinPageBudget } from './page-budget.js';
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

  constructor(database: Queryable, session: ChatSession, cutoff: Date) {
    this.#database = database;
    this.#session = session;
    this.#from = (session.startedAt > cutoff ? session.startedAt : cutoff).toISOString();
    // A message may have come since the session was read; the millisecond after its last one is enough for all others.
    this.#to = new Date(session.lastMessageAt.getTime() + 1).toISOString();
  }

  /** The last messages before a position, or of the session; oldest first. */
  async before(position: Position | undefined, limit: number): Promise<Span> {
    if (limit === 0)
      return { messages: [], hasMore: position !== undefined && (await this.#hasBefore(position)) };
    const span = await this.#read(
      `and ($4::timestamptz is null or (m.created_at, m.id) < ($4::timestamptz, $5::uuid))
       order by m.created_at desc, m.id desc`,
      position,
      limit,
    );
    return { ...span, messages: span.messages.reverse() };
  }

  /** The first messages after a position, or of the session. */
  async after(position: Position | undefined, limit: number): Promise<Span> {
    return this.#read(
      `and ($4::timestamptz is null or (m.created_at, m.id) > ($4::timestamptz, $5::uuid))
       order by m.created_at, m.id`,
      position,
      limit,
    );
  }

  /** The message at a position and those after it. */
  async from(position: Position, limit: number): Promise<Span> {
    return this.#read(
      `and (m.created_at, m.id) >= ($4::timestamptz, $5::uuid)
       order by m.created_at, m.id`,
      position,
      limit,
    );
  }

  /** @throws MessageNotFoundError */
  async position(id: string): Promise<Position> {
    const [row] = await this.#database.query<{ created_at: Date }>(
      `select m.created_at from chat_messages m
       where m.session_name = $1 and m.created_at >= $2 and m.created_at < $3 and m.id = $4::uuid`,
      [this.#session.sessionName, this.#from, this.#to, id],
    );
    if (!row) throw new MessageNotFoundError('that message is not in this session');
    return { createdAt: row.created_at.toISOString(), id };
  }

  async #hasBefore(position: Position): Promise<boolean> {
    return (await this.before(position, 1)).messages.length > 0;
  }

  async #read(condition: string, position: Position | undefined, limit: number): Promise<Span> {
    const rows = await this.#database.query<MessageRow>(
      `select ${messageColumns} from chat_messages m
       where m.session_name = $1 and m.created_at >= $2 and m.created_at < $3 ${condition} limit $6`,
      [
        this.#session.sessionName,
        this.#from,
        this.#to,
        position?.createdAt ?? null,
        position?.id ?? null,
        limit + 1,
      ],
    );
    const { items, hasMore } = withinPageBudget(rows, limit, (row) => row.content);
    return { messages: items.map(messageOf), hasMore };
  }
}
