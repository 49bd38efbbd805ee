import type { Queryable } from '../database.js';
import { defaultReaderPool } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { isOutage } from '../store-fault.js';
import { askedWords } from './asked-words.js';
import { HitCounter, type HitCount } from './hit-count.js';
import { HitReader, type AskedHits } from './hit-reader.js';
import { boundBehind } from './hit-statement.js';
import { markedMessages, type FoundMessage } from './marked-messages.js';
import type { MessageFilter } from './message-filter.js';
import type { FoundPage, RankedHits } from './page-search.js';
import { relevancePage } from './relevance-page.js';
import type { TimeOrder } from './search-windows.js';
import { timePage } from './time-page.js';
import { withTimeout } from './with-timeout.js';

export type { FoundMessage } from './marked-messages.js';

/** `relevance`: the best of the newest 1,000 hits first. */
export type SearchOrder = TimeOrder | 'relevance';

/** Without `q`, every message of the filter. */
export interface MessageSearchQuery extends MessageFilter {
  /** 1 to 200. */
  readonly limit: number;
  /** `nextCursor` of an earlier page of the same query in the same order. */
  readonly cursor?: string;
  /** `newest` if left out; relevance is that, too, for a query that only says what a message must not have. */
  readonly order?: SearchOrder;
  /** Also counts the hits, up to 1,000. */
  readonly withCount?: boolean;
}

export interface MessageSearchPage {
  /** In the order that was asked for. */
  readonly items: FoundMessage[];
  /** To what comes next in that order; null when nothing does. */
  readonly nextCursor: string | null;
  /**
   * When it was asked for. Counting takes half a second at most, and needs a connection; without, there are at least as
   * many as were counted by then.
   */
  readonly count?: HitCount;
  /** When they are in the order of relevance. */
  readonly ranked?: RankedHits;
}

/** A page need not wait longer for its count. */
const maxCountMs = 500;

/** Finds messages by their words and by who said them where and when, a page at a time. */
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
    const until = withTimeout(this.#timeoutMs, signal);
    const words = await askedWords(this.#database, query.q ?? '', until);
    if (words === 'nothing') return emptyPage(query);

    const asked: AskedHits = {
      filter: query,
      words,
      order: query.order === 'oldest' ? 'oldest' : 'newest',
      bounds: [],
    };
    const page = await this.#page(query, asked, until);
    const [items, count] = await Promise.all([
      markedMessages(this.#database, page.messages, words?.positive ?? [], until),
      query.withCount ? this.#count(query, asked, page, until) : undefined,
    ]);
    const { nextCursor, ranked } = page;
    return { items, nextCursor, ...(count && { count }), ...(ranked && { ranked }) };
  }

  async #page(query: MessageSearchQuery, asked: AskedHits, signal: AbortSignal): Promise<FoundPage> {
    const database = this.#database;
    const { limit, cursor } = query;
    const reader = new HitReader(database, this.#clock, signal);
    const search = { database, reader, asked, limit, cursor, identity: identityOf(query), signal };
    const { words } = asked;
    const isRanked = query.order === 'relevance' && words && words.positive.length > 0;
    return isRanked ? relevancePage(search, words.tsquery) : timePage(search);
  }

  /** Of the whole query, whatever the page; of what is behind it, where the page is the first. */
  async #count(
    { cursor }: MessageSearchQuery,
    asked: AskedHits,
    { messages, nextCursor, ranked }: FoundPage,
    signal: AbortSignal,
  ): Promise<HitCount> {
    if (ranked) return { value: ranked.hits, relation: ranked.isAll ? 'exact' : 'at_least' };
    const isFirst = cursor === undefined;
    const last = messages.at(-1);
    if (isFirst && nextCursor === null) return { value: messages.length, relation: 'exact' };

    const counter = new HitCounter(isFirst ? messages.length : 0);
    const bounds = isFirst && last ? [boundBehind(last.createdAt.toISOString(), last.id, asked.order)] : [];
    const until = withTimeout(maxCountMs, signal);
    try {
      await new HitReader(this.#database, this.#clock, until).read({ ...asked, bounds }, counter);
      return counter.countOf(true);
    } catch (error) {
      if (!isOutage(error)) throw error;
      const { value, relation } = counter.countOf(false);
      return { value: Math.max(value, messages.length), relation };
    }
  }
}

function emptyPage({ withCount }: MessageSearchQuery): MessageSearchPage {
  return { items: [], nextCursor: null, ...(withCount && { count: { value: 0, relation: 'exact' } }) };
}

/** What a cursor belongs to: everything but the size of the page. */
function identityOf({
  q,
  sessionName,
  role,
  agentId,
  status,
  from,
  to,
  order = 'newest',
}: MessageSearchQuery) {
  return { search: [q, sessionName, role, agentId, status, from, to], order };
}
