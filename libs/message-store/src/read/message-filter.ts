import type { MessageRole, MessageStatus } from '../message.js';
import { parseSearchQuery, positiveItems, searchQuerySql, type SearchItem } from '../search/search-query.js';
import { storableText } from '../write/storable.js';
import type { TimeRange } from './retained-range.js';

/** Which messages are meant; every part narrows, and a part left out does not. */
export interface MessageFilter extends TimeRange {
  /** As an agent typed it. Blank is left out; nothing but punctuation finds nothing. */
  readonly q?: string;
  readonly sessionName?: string;
  readonly role?: MessageRole;
  readonly agentId?: string;
  readonly status?: MessageStatus;
}

/** Takes a value and gives the placeholder it was bound to, e.g. `$3`. Only placeholders enter the SQL. */
export type Bind = (value: unknown) => string;

/** The filter as SQL over `chat_messages m`, without the range: that is the reader's own, within the retention. */
export function filterSql(filter: MessageFilter, bind: Bind): string[] {
  const query = parseSearchQuery(filter.q ?? '');
  const tsquery = searchQuerySql(query, bind);
  const asksNothing = tsquery === undefined && filter.q !== undefined && filter.q.trim() !== '';
  return [
    ...saidBySql(filter, bind),
    ...(tsquery === undefined ? [] : [wordsSql(tsquery, positiveItems(query))]),
    ...(asksNothing ? ['false'] : []),
  ];
}

/**
 * The part of the filter that asks for words. A message that the index could not read has none of them, so a query
 * that only says what a message must not have finds it; that way PostgreSQL cannot use the index, nor does it need to.
 * @param tsquery an SQL expression.
 * @param positive what a message is found for.
 */
export function wordsSql(tsquery: string, positive: readonly SearchItem[]): string {
  const isMatch = `m.content_tsv @@ ${tsquery}`;
  return positive.length > 0 ? isMatch : `(${isMatch}) is not false`;
}

/** The part of the filter that asks who said it where, and how it ended. */
export function saidBySql(filter: MessageFilter, bind: Bind): string[] {
  const equal = [
    ['m.session_name', filter.sessionName],
    ['m.role', filter.role],
    ['m.agent_id', filter.agentId],
    ['m.status', filter.status],
  ] as const;
  return equal.flatMap(([column, value]) =>
    value === undefined ? [] : [`${column} = ${bind(storableText(value))}`],
  );
}
