/**
 * One thing that a message must have, or with `negated` must not have: consecutive words, however the punctuation
 * between them reads. A code, an address or a run of CJK is a phrase of its parts.
 */
export interface SearchItem {
  /** As it was typed, without quotes, minus and star. Has at least one letter or digit. */
  readonly text: string;
  /** Its last word may go on. */
  readonly isPrefix: boolean;
  readonly negated: boolean;
}

/** Groups of items: a message is found when all items of any one group hold. Without groups, nothing is asked. */
export type SearchQuery = readonly (readonly SearchItem[])[];

const twins: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '„': '"',
  '‟': '"',
  '«': '"',
  '»': '"',
  '「': '"',
  '」': '"',
  '『': '"',
  '』': '"',
  '＂': '"',
  '＊': '*',
  '－': '-',
};

/** In the order of preference: a phrase, a word (perhaps behind a quote that is never closed), a character to skip. */
const token = /(?<minus>-?)(?:"(?<phrase>[^"]*)"|"?(?<word>[^\s"]+))|[\s"]/gu;

/**
 * Reads what an agent typed, by the grammar
 * `query := group ('or' group)*`, `group := item+`, `item := ['-'] (phrase | word['*'])`.
 * Every text is a query: what fits nowhere (an `or` at an edge, a lone `-`, a quote that is never closed, punctuation
 * alone, characters that PostgreSQL cannot hold) is passed over.
 */
export function parseSearchQuery(typed: string): SearchQuery {
  const ascii = typed
    .toWellFormed()
    .replace(/[“”„‟«»「」『』＂＊－\0]/gu, (character) => twins[character] ?? ' ');
  const groups: SearchItem[][] = [[]];
  for (const match of ascii.matchAll(token)) {
    const { minus, phrase, word } = match.groups ?? {};
    if (minus === '' && word?.toLowerCase() === 'or') groups.push([]);
    else if (phrase !== undefined)
      pushItem(groups, { text: phrase, isPrefix: false, negated: minus === '-' });
    else if (word !== undefined) pushItem(groups, wordItem(word, minus === '-'));
  }
  return groups.filter((items) => items.length > 0);
}

/** A star ends the word although brackets or a full stop may follow it, as in `(refund*)`. */
function wordItem(word: string, negated: boolean): SearchItem {
  const star = word.lastIndexOf('*');
  const isPrefix = star >= 0 && !asksSomething(word.slice(star));
  return { text: isPrefix ? word.slice(0, star).replace(/\*+$/, '') : word, isPrefix, negated };
}

function pushItem(groups: SearchItem[][], item: SearchItem): void {
  if (asksSomething(item.text)) groups.at(-1)?.push(item);
}

/** By their compatibility form, as the index reads them: ™ is TM. */
function asksSomething(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text.normalize('NFKC'));
}

/**
 * The query as an SQL expression of type `tsquery`.
 * @param bind takes a value and gives the placeholder it was bound to, e.g. `$3`. Only placeholders enter the SQL.
 * @returns undefined when the query asks nothing.
 */
export function searchQuerySql(query: SearchQuery, bind: (value: unknown) => string): string | undefined {
  const itemSql = ({ text, isPrefix, negated }: SearchItem) =>
    `${negated ? '!!' : ''}chat_search_phrase(${bind(text)}::text, ${bind(isPrefix)}::boolean)`;
  const groupSql = query.map((items) => `(${items.map(itemSql).join(' && ')})`);
  return groupSql.length === 0 ? undefined : `(${groupSql.join(' || ')})`;
}

/** What a hit may be marked for: the items that a message can have. */
export function positiveItems(query: SearchQuery): SearchItem[] {
  return query.flat().filter((item) => !item.negated);
}
