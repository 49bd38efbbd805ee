import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { ReadTimeoutError } from '../message-store.errors.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { findHits, phraseOf, wordsToLookUp, type Lexemes } from '../search/find-hits.js';
import { hitSegments, type Segment } from '../search/hit-segments.js';
import { readText } from '../search/read-text.js';
import { parseSearchQuery, positiveItems } from '../search/search-query.js';
import { filterSql, type MessageFilter } from './message-filter.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { maxPageBytes, rowsWithinBytes, type BudgetedRow } from './page-budget.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { retainedRange } from './retained-range.js';
import { searchWindows, type SearchWindow } from './search-windows.js';

/** Without `q`, every message of the filter. */
export interface MessageSearchQuery extends MessageFilter {
  /** 1 to 200. */
  readonly limit: number;
  /** `nextCursor` of an earlier page. */
  readonly cursor?: string;
}

export interface FoundMessage {
  readonly message: Message;
  /** Where it matched: at most 240 characters of it, see `hitSegments`. */
  readonly segments: Segment[];
}

export interface MessageSearchPage {
  /** Newest first. */
  readonly items: FoundMessage[];
  /** To older messages; null when there are none. */
  readonly nextCursor: string | null;
}

/** After so long no further window is asked: each statement has its own timeout, but their sum needs a bound too. */
const maxSearchMs = 3_000;

/** Finds messages by their words and by who said them where and when, newest first, a page at a time. */
export class MessageSearch {
  readonly #database: Queryable;
  readonly #clock: RetentionClock;

  constructor(database: Queryable, clock: RetentionClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @throws InvalidCursorError StoreUnavailableError ReadTimeoutError */
  async find(query: MessageSearchQuery): Promise<MessageSearchPage> {
    const identity = { search: identityOf(query) };
    const position = query.cursor === undefined ? undefined : decodeCursor(identity, query.cursor);
    const fetched = await this.#fetch(query, position);
    const messages = fetched.rows.slice(0, query.limit).map(messageOf);
    const last = messages.at(-1);
    return {
      items: await this.#withSegments(query.q ?? '', messages),
      nextCursor:
        last && (fetched.rows.length > messages.length || fetched.isCut)
          ? encodeCursor(identity, [last.createdAt.toISOString(), last.id])
          : null,
    };
  }

  /** One row more than the page needs if there are so many, or as many as the page's bytes allow. */
  async #fetch(query: MessageSearchQuery, position: string[] | undefined) {
    const range = retainedRange(query, this.#clock);
    if (position?.[0]) range.to = justAfter(position[0]);
    const rows: FoundRow[] = [];
    let bytes = 0;
    const started = performance.now();
    for (const window of searchWindows(range, this.#clock.now())) {
      if (performance.now() - started > maxSearchMs) throw new ReadTimeoutError('the search took too long');
      const bounds = { position, rows: query.limit + 1 - rows.length, bytes: maxPageBytes - bytes };
      const found = await this.#fetchWindow(query, window, bounds);
      rows.push(...found);
      bytes = found.reduce((sum, row) => sum + row.bytes, bytes);
      const isCut = found.length < (found[0]?.found ?? 0);
      if (isCut || bytes > maxPageBytes || rows.length > query.limit) return { rows, isCut };
    }
    return { rows, isCut: false };
  }

  async #fetchWindow(filter: MessageFilter, window: SearchWindow, bounds: WindowBounds): Promise<FoundRow[]> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = [
      `m.created_at >= ${bind(window.from)}::timestamptz`,
      `m.created_at < ${bind(window.to)}::timestamptz`,
      ...filterSql(filter, bind),
    ];
    if (bounds.position) {
      const [createdAt, id] = bounds.position;
      conditions.push(`(m.created_at, m.id) < (${bind(createdAt)}::timestamptz, ${bind(id)}::uuid)`);
    }
    const sql = newestOfWindow(conditions.join(' and '), bind(bounds.rows), bind(bounds.bytes));
    return this.#database.query<FoundRow>(sql, values);
  }

  async #withSegments(q: string, messages: readonly Message[]): Promise<FoundMessage[]> {
    const phrases = positiveItems(parseSearchQuery(q)).map(phraseOf);
    if (phrases.length === 0) {
      return messages.map((message) => ({ message, segments: hitSegments(message.content, []) }));
    }
    const texts = messages.map((message) => readText(message.content));
    const lexemes = await this.#lexemes(wordsToLookUp(phrases, texts));
    return messages.map((message, index) => {
      const text = texts[index];
      const hits = text ? findHits(text, phrases, lexemes) : [];
      return { message, segments: hitSegments(message.content, hits) };
    });
  }

  /** Of PostgreSQL, so that a word is marked if and only if it was found. */
  async #lexemes(words: readonly string[]): Promise<Lexemes> {
    if (words.length === 0) return new Map();
    const rows = await this.#database.query<{ word: string; lexeme: string }>(lexemesOfWords, [words]);
    return new Map(rows.map((row) => [row.word, row.lexeme]));
  }
}

interface WindowBounds {
  /** Only what is older: time and id of the last message of the page before. */
  readonly position: string[] | undefined;
  readonly rows: number;
  readonly bytes: number;
}

type FoundRow = MessageRow & BudgetedRow;

/** What a cursor belongs to: everything but the size of the page. */
function identityOf({ q, sessionName, role, agentId, status, from, to }: MessageFilter): unknown[] {
  return [q, sessionName, role, agentId, status, from, to];
}

/** The earliest end of a half-open range that still has the moment in it. */
function justAfter(moment: string): string {
  return new Date(Date.parse(moment) + 1).toISOString();
}

const newestFirst = 'm.created_at desc, m.id desc';

const newestOfWindow = (conditions: string, rows: string, bytes: string) =>
  rowsWithinBytes(
    `select ${messageColumns} from chat_messages m where ${conditions} order by ${newestFirst} limit ${rows}`,
    newestFirst,
    bytes,
  );

const lexemesOfWords = `
  select word, array_to_string(tsvector_to_array(chat_search_vector(word)), ' ') as lexeme
  from unnest($1::text[]) as word`;
