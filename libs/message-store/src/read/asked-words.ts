import type { Queryable } from '../database.js';
import { parseSearchQuery, positiveItems, searchQuerySql, type SearchItem } from '../search/search-query.js';

/** What a query asks of a message's words. */
export interface AskedWords {
  /** A `tsquery` as PostgreSQL writes and reads it. */
  readonly tsquery: string;
  /**
   * One word: then PostgreSQL knows from its statistics how many messages of a day have it. Of words that have to
   * meet, or must not, it only guesses; and each of several that nobody said counts as one that a few did.
   */
  readonly isCountable: boolean;
  /** What a message is found for; none if the query only says what it must not have. */
  readonly positive: readonly SearchItem[];
}

/**
 * Reads a query and lets PostgreSQL normalise its words, once: as a part of each day's condition it would be done
 * for each day, and a prefix takes milliseconds.
 * @returns undefined for a blank query, and `nothing` for one of punctuation alone.
 */
export async function askedWords(
  database: Queryable,
  q: string,
  signal: AbortSignal,
): Promise<AskedWords | 'nothing' | undefined> {
  if (q.trim() === '') return undefined;
  const query = parseSearchQuery(q);
  const values: unknown[] = [];
  const sql = searchQuerySql(query, (value) => `$${values.push(value)}`);
  if (sql === undefined) return 'nothing';
  const [row] = await database.query<{ tsquery: string }>(`select (${sql})::text as tsquery`, values, signal);
  const tsquery = row?.tsquery ?? '';
  return { tsquery, isCountable: isCountable(tsquery), positive: positiveItems(query) };
}

const quotedWord = /'(?:[^'\\]|''|\\.)*'/gs;

function isCountable(tsquery: string): boolean {
  return !/[&|!<]/.test(tsquery.replace(quotedWord, ''));
}
