import type { MessageRole, MessageStatus } from '../message.js';
import { parseSearchQuery, searchQuerySql } from '../search/search-query.js';
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
  const query = searchQuerySql(parseSearchQuery(filter.q ?? ''), bind);
  const asksNothing = query === undefined && filter.q !== undefined && filter.q.trim() !== '';
  return [
    ...saidBySql(filter, bind),
    ...(query === undefined ? [] : [`m.content_tsv @@ ${query}`]),
    ...(asksNothing ? ['false'] : []),
  ];
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
