import { sqlStateOf, type Database } from '../database.js';
import { isOutage } from '../store-fault.js';
import { maxIndexedBytes, maxIndexedMessages } from './reconcile.options.js';
import type { NameRange } from './session-comparison.js';

/** Of messages without a search vector. */
export interface UnindexedCounts {
  /** Their text can be indexed: the vector is missing. */
  readonly indexable: number;
  /** PostgreSQL cannot index their text: none is missing. */
  readonly unindexable: number;
}

interface UnindexedMessage {
  readonly session_name: string;
  readonly created_at: Date;
  readonly id: string;
  readonly bytes: number;
}

/** Messages that were kept without a search vector: nobody finds them by their words. */
export class UnindexedMessages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Goes through those of some sessions, and indexes them if that is wanted. */
  async *walk(
    range: NameRange,
    cutoff: Date,
    options: { readonly repair: boolean },
  ): AsyncGenerator<UnindexedCounts> {
    for (let last: UnindexedMessage | undefined; ;) {
      const batch = withinBytes(await this.#next(range, cutoff, last));
      last = batch.at(-1);
      if (!last) return;
      const indexable = await this.#indexable(batch);
      if (options.repair && indexable.length > 0) await this.#index(indexable);
      yield { indexable: indexable.length, unindexable: batch.length - indexable.length };
    }
  }

  async #next({ after, upTo }: NameRange, cutoff: Date, last?: UnindexedMessage) {
    return this.#database.query<UnindexedMessage>(findUnindexed, [
      after,
      upTo,
      cutoff.toISOString(),
      last?.session_name ?? after,
      (last?.created_at ?? cutoff).toISOString(),
      last?.id ?? '00000000-0000-0000-0000-000000000000',
      maxIndexedMessages,
    ]);
  }

  /** All at once, and where that fails one by one: a text that cannot be indexed is an error. */
  async #indexable(messages: readonly UnindexedMessage[]): Promise<readonly UnindexedMessage[]> {
    if (await this.#canIndex(messages)) return messages;
    if (messages.length === 1) return [];
    const indexable: UnindexedMessage[] = [];
    for (const message of messages) if (await this.#canIndex([message])) indexable.push(message);
    return indexable;
  }

  async #canIndex(messages: readonly UnindexedMessage[]): Promise<boolean> {
    try {
      await this.#database.query(tryToIndex, keysOf(messages));
      return true;
    } catch (error) {
      if (isOutage(error) || sqlStateOf(error) === undefined) throw error;
      return false;
    }
  }

  async #index(messages: readonly UnindexedMessage[]): Promise<void> {
    await this.#database.query(indexMessages, keysOf(messages));
  }
}

function withinBytes(messages: readonly UnindexedMessage[]): readonly UnindexedMessage[] {
  let bytes = 0;
  const end = messages.findIndex((message, at) => {
    bytes += message.bytes;
    return at > 0 && bytes > maxIndexedBytes;
  });
  return end < 0 ? messages : messages.slice(0, end);
}

function keysOf(messages: readonly UnindexedMessage[]): unknown[] {
  const times = messages.map((message) => message.created_at.getTime());
  return [
    messages.map((message) => message.session_name),
    messages.map((message) => message.created_at.toISOString()),
    messages.map((message) => message.id),
    new Date(Math.min(...times)).toISOString(),
    new Date(Math.max(...times)).toISOString(),
  ];
}

const findUnindexed = `
  select session_name, created_at, id, octet_length(content) as bytes
  from chat_messages
  where session_name > $1 and ($2::text is null or session_name <= $2) and created_at >= $3 and content_tsv is null
    and (session_name, created_at, id) > ($4::text, $5::timestamptz, $6::uuid)
  order by session_name, created_at, id
  limit $7`;

/** In the order of keys, as the writer inserts: a replay of the same messages waits, but nobody waits for each other. */
const messagesOfKeys = `
  select m.session_name, m.created_at, m.id, m.content
  from unnest($1::text[], $2::timestamptz[], $3::uuid[]) as key (session_name, created_at, id)
  join chat_messages m using (session_name, created_at, id)
  where m.created_at between $4 and $5
  order by m.session_name, m.created_at, m.id`;

const tryToIndex = `select count(chat_search_vector(content)) from (${messagesOfKeys}) message`;

/** The trigger makes the vector. */
const indexMessages = `
  with message as materialized (${messagesOfKeys} for update of m)
  update chat_messages m set content = m.content
  from message
  where m.session_name = message.session_name and m.created_at = message.created_at and m.id = message.id
    and m.created_at between $4 and $5`;
