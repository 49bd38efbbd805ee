import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { defaultReaderPool } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import {
  beginningsToLookUp,
  findHits,
  phraseOf,
  wordsToLookUp,
  type Phrase,
  type WordForm,
  type WordForms,
} from '../search/find-hits.js';
import { hitSegments, type Segment } from '../search/hit-segments.js';
import { readText, type ReadText } from '../search/read-text.js';
import { parseSearchQuery, positiveItems } from '../search/search-query.js';
import { filterSql, type MessageFilter } from './message-filter.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { maxPageBytes, rowsWithinBytes, type BudgetedRow } from './page-budget.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { retainedRange } from './retained-range.js';
import { searchWindows, type SearchDay } from './search-windows.js';

/** `relevance`: the best of the newest 1,000 hits first. */
export type SearchOrder = 'newest' | 'oldest' | 'relevance';

/** Without `q`, every message of the filter. */
export interface MessageSearchQuery extends MessageFilter {
  /** 1 to 200. */
  readonly limit: number;
  /** `nextCursor` of an earlier page of the same query in the same order. */
  readonly cursor?: string;
  /** `newest` if left out, and for a `q` that only says what a message must not have. */
  readonly order?: SearchOrder;
  /** Also counts the hits, up to 1,000. */
  readonly withCount?: boolean;
}

/** How many messages are found in all: so many, or at least so many. */
export interface HitCount {
  /** At most 1,000. */
  readonly value: number;
  readonly relation: 'exact' | 'at_least';
}

/** What was ranked by relevance: the newest hits, so many, and whether there are no others. */
export interface RankedHits {
  /** At most 1,000. */
  readonly hits: number;
  readonly isAll: boolean;
}

export interface FoundMessage {
  readonly message: Message;
  /** Where it matched: at most 240 characters of it, see `hitSegments`. */
  readonly segments: Segment[];
}

export interface MessageSearchPage {
  /** In the order that was asked for. */
  readonly items: FoundMessage[];
  /** To what comes next in that order; null when nothing does. */
  readonly nextCursor: string | null;
  /** When it was asked for. */
  readonly count?: HitCount;
  /** When the order is relevance and `q` says what a message must have. */
  readonly ranked?: RankedHits;
}

/** Finds messages by their words and by who said them where and when, newest first, a page at a time. */
export class MessageSearch {
  readonly #database: Queryable;
  readonly #clock: RetentionClock;
  readonly #timeoutMs: number;

  /** @param timeoutMs what a page may take in all. */
  constructor(database: Queryable, clock: RetentionClock, timeoutMs = defaultReaderPool.statementTimeoutMs) {
    this.#database = database;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @param signal cancels it.
   * @throws InvalidCursorError StoreUnavailableError ReadTimeoutError ReadCancelledError
   */
  async find(query: MessageSearchQuery, signal?: AbortSignal): Promise<MessageSearchPage> {
    const identity = { search: identityOf(query) };
    const position =
      query.cursor === undefined ? undefined : decodeCursor(identity, query.cursor, ['time', 'uuid']);
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    const until = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    const fetched = await this.#fetch(query, position, until);
    const messages = fetched.rows.slice(0, query.limit).map(messageOf);
    const last = messages.at(-1);
    return {
      items: await this.#withSegments(query.q ?? '', messages, until),
      nextCursor:
        last && (fetched.rows.length > messages.length || fetched.isCut)
          ? encodeCursor(identity, [last.createdAt.toISOString(), last.id])
          : null,
    };
  }

  /** The page's rows and one more if there is one, or as many as the page's bytes allow. */
  async #fetch(query: MessageSearchQuery, position: string[] | undefined, until: AbortSignal) {
    const range = retainedRange(query, this.#clock);
    if (position?.[0]) range.to = justAfter(position[0]);
    const rows: FoundRow[] = [];
    let bytes = 0;
    for (const days of searchWindows(range, this.#clock.now())) {
      const bounds = { until, position, rows: query.limit + 1 - rows.length, bytes: maxPageBytes - bytes };
      const found = await this.#fetchDays(query, days, bounds);
      for (const row of found) {
        bytes += row.bytes;
        if (rows.length > 0 && bytes > maxPageBytes) return { rows, isCut: true };
        rows.push(row);
      }
      const isCut = found.length < (found[0]?.found ?? 0);
      if (isCut || rows.length > query.limit) return { rows, isCut };
    }
    return { rows, isCut: false };
  }

  async #fetchDays(filter: MessageFilter, days: SearchDay[], bounds: PageBounds): Promise<FoundRow[]> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = filterSql(filter, bind);
    if (bounds.position) {
      const [createdAt, id] = bounds.position;
      conditions.push(`(m.created_at, m.id) < (${bind(createdAt)}::timestamptz, ${bind(id)}::uuid)`);
    }
    const rows = bind(bounds.rows);
    const newest = days.map(({ from, to }) => {
      const isOfDay = `m.created_at >= ${bind(from)}::timestamptz and m.created_at < ${bind(to)}::timestamptz`;
      return newestOfDay([isOfDay, ...conditions].join(' and '), rows);
    });
    const ofAllDays = `select * from (${newest.join(' union all ')}) m limit ${rows}`;
    const sql = rowsWithinBytes(ofAllDays, newestFirst, bind(bounds.bytes));
    return this.#database.query<FoundRow>(sql, values, bounds.until);
  }

  async #withSegments(q: string, messages: readonly Message[], until: AbortSignal): Promise<FoundMessage[]> {
    const phrases = positiveItems(parseSearchQuery(q)).map(phraseOf);
    if (phrases.length === 0) {
      return messages.map((message) => ({ message, segments: hitSegments(message.content, []) }));
    }
    const texts = messages.map((message) => readText(message.content));
    const forms = await this.#wordForms(phrases, texts, until);
    return messages.map((message, index) => {
      const text = texts[index];
      const hits = text ? findHits(text, phrases, forms) : [];
      return { message, segments: hitSegments(message.content, hits) };
    });
  }

  /** Of PostgreSQL, so that a word is marked if and only if it was found. */
  async #wordForms(
    phrases: readonly Phrase[],
    texts: readonly ReadText[],
    until: AbortSignal,
  ): Promise<WordForms> {
    const words = wordsToLookUp(phrases, texts);
    if (words.length === 0) return new Map();
    const rows = await this.#database.query<WordForm & { word: string }>(
      formsOfWords,
      [words, beginningsToLookUp(phrases)],
      until,
    );
    return new Map(rows.map((row) => [row.word, row]));
  }
}

interface PageBounds {
  /** Only what is older: time and id of the last message of the page before. */
  readonly position: string[] | undefined;
  readonly rows: number;
  readonly bytes: number;
  readonly until: AbortSignal;
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

/**
 * Each day is a query of its own, planned with its own constants and limit: in one query over all, a word that is
 * common only in old days makes PostgreSQL walk the newer ones through their time index. A union of queries with
 * limits is neither reordered nor run in parallel, so days are asked in turn, and no further than the page needs.
 */
const newestOfDay = (conditions: string, rows: string) =>
  `(select ${messageColumns} from chat_messages m where ${conditions} order by ${newestFirst} limit ${rows})`;

const formsOfWords = `
  with beginning as materialized (
    select beginning, chat_search_phrase(beginning, true) as query from unnest($2::text[]) as beginning
  ), word as materialized (
    select word, chat_search_vector(word) as vector from unnest($1::text[]) as word
  )
  select word,
         array_to_string(tsvector_to_array(vector), ' ') as lexeme,
         array(select beginning from beginning where vector @@ query) as beginnings
  from word`;
