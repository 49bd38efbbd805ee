/**
 * What a search finds, by looking: the query is read character by character, messages and items are normalised and
 * compared word by word. It shares no line with the search it judges, neither with its SQL nor with its parser; only
 * which English words have one stem is asked of a dictionary, whoever brings it.
 */

/** The stem of a word in lower case without accents; the word itself where it has none. */
export type StemOf = (word: string) => string;

interface Token {
  /** Lower case, no accents; a run of CJK as it was written. */
  readonly text: string;
  readonly isCjk: boolean;
}

export interface OracleItem {
  readonly tokens: readonly Token[];
  readonly isPrefix: boolean;
  readonly negated: boolean;
}

export type OracleQuery = readonly (readonly OracleItem[])[];

/**
 * `maybe`: the message has another form of an English word that begins so, and as the index holds stems it cannot
 * tell (`shipp*` for "ship"). The README allows either.
 */
export type Verdict = 'yes' | 'maybe' | 'no';

/** What an agent types by an input method or pastes from a text, as the keyboard's own sign. */
const quotes = '"“”„‟«»「」『』＂';
const stars = '*＊';
const minuses = '-－';

function readQuery(typed: string): OracleQuery {
  const signs = Array.from(typed.toWellFormed());
  const groups: OracleItem[][] = [[]];
  const isQuote = (at: number) => quotes.includes(signs[at] ?? '\n');
  const isSpace = (at: number) => /[\s\0]/u.test(signs[at] ?? ' ');
  let at = 0;
  while (at < signs.length) {
    let next = at;
    const negated = minuses.includes(signs[next] ?? '\n');
    if (negated) next++;
    const closing = isQuote(next) ? signs.findIndex((_, place) => place > next && isQuote(place)) : -1;
    if (closing > 0) {
      push(groups, signs.slice(next + 1, closing).join(''), { negated, isPrefix: false });
      at = closing + 1;
      continue;
    }
    if (isQuote(next)) next++;
    const begin = next;
    while (next < signs.length && !isSpace(next) && !isQuote(next)) next++;
    const text = signs.slice(begin, next).join('');
    if (text === '') at++;
    else if (!negated && text.toLowerCase() === 'or') groups.push([]);
    else push(groups, text, { negated, isPrefix: endsInStar(text) });
    at = Math.max(next, at);
  }
  return groups.filter((items) => items.length > 0);
}

function endsInStar(text: string): boolean {
  const behind = Array.from(text.normalize('NFKC')).findLast(
    (sign) => stars.includes(sign) || /[\p{L}\p{N}]/u.test(sign),
  );
  return behind !== undefined && stars.includes(behind);
}

function push(groups: OracleItem[][], text: string, how: Omit<OracleItem, 'tokens'>): void {
  const tokens = tokensOf(text);
  if (tokens.some((token) => /[\p{L}\p{N}]/u.test(token.text))) groups.at(-1)?.push({ tokens, ...how });
}

/** Not seen, not typed, or left out as often as written: what they stand in is the same word without them. */
const silent = /[\u064b-\u065f\u0670\u20e3\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u00ad\u0640]/gu;

function tokensOf(text: string): Token[] {
  const tokens: { text: string; isCjk: boolean }[] = [];
  let open: { text: string; isCjk: boolean } | undefined;
  for (const character of text.normalize('NFKC').replace(silent, '').replaceAll('〇', '零')) {
    if (!isOfWord(character)) {
      open = undefined;
      continue;
    }
    const cjk = isCjk(character);
    if (open?.isCjk !== cjk && /\p{M}/u.test(character) && !/\p{Alphabetic}/u.test(character)) {
      // A mark is one on the letter before it, and nothing by itself; a vowel sign is a letter.
      open = undefined;
      continue;
    }
    if (open?.isCjk !== cjk) tokens.push((open = { text: '', isCjk: cjk }));
    open.text += character;
  }
  return tokens.map((token) => (token.isCjk ? token : { ...token, text: folded(token.text) }));
}

/** Letters, marks and digits, but no sign that only looks like a letter to Unicode: the apostrophes ʼ ʹ ʻ and their kin. */
function isOfWord(character: string): boolean {
  return /[\p{L}\p{M}\p{N}]/u.test(character) && !/[\u02b9-\u02df]/u.test(character);
}

function isCjk(character: string): boolean {
  return /[\u3099\u309a\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3006\u303cー]/u.test(
    character,
  );
}

const letters: Readonly<Record<string, string>> = {
  ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ı: 'i', þ: 'th', ħ: 'h', ŋ: 'n', ё: 'е', ς: 'σ',
}; // prettier-ignore

/** Lower case; Latin and Greek without accents, Cyrillic without stress (й is a letter of its own, ё mostly written е). */
function folded(word: string): string {
  const bare = Array.from(word, (letter) =>
    /[\p{Script=Latin}\p{Script=Greek}]/u.test(letter)
      ? letter.normalize('NFD').replace(/\p{M}/gu, '')
      : letter,
  );
  const lower = bare
    .join('')
    .replace(/[\u0300-\u0362]/gu, '')
    .toLowerCase();
  return Array.from(lower, (letter) => letters[letter] ?? letter).join('');
}

/** Every word that the oracle will ask the stem of, for `contents` and `query`. */
export function wordsOf(...texts: readonly string[]): string[] {
  return texts.flatMap((text) => tokensOf(text).flatMap((token) => (token.isCjk ? [] : [token.text])));
}

/** Whether the message is found. A query that asks nothing finds nothing unless it is blank. */
export function verdict(content: string, typed: string, stemOf: StemOf): Verdict {
  const query = readQuery(typed);
  if (query.length === 0) return typed.trim() === '' ? 'yes' : 'no';
  const tokens = tokensOf(content);
  return any(query.map((items) => all(items.map((item) => itemVerdict(tokens, item, stemOf)))));
}

/** Whether a part of the message must be marked: one of the groups that find it asks for something. */
export function mustShowHit(content: string, typed: string, stemOf: StemOf): boolean {
  const tokens = tokensOf(content);
  return readQuery(typed).some(
    (items) =>
      items.some((item) => !item.negated && itemVerdict(tokens, item, stemOf) === 'yes') &&
      all(items.map((item) => itemVerdict(tokens, item, stemOf))) === 'yes',
  );
}

/** Whether every hit is one of the same item. */
export function asksOneThing(typed: string): boolean {
  const items = readQuery(typed).flat();
  return items.length === 1 && items[0]?.negated === false;
}

function itemVerdict(tokens: readonly Token[], item: OracleItem, stemOf: StemOf): Verdict {
  const found = any(
    tokens.map((_, at) => verdictAt(tokens.slice(at, at + item.tokens.length), item, stemOf)),
  );
  if (!item.negated || found === 'maybe') return found;
  return found === 'yes' ? 'no' : 'yes';
}

/** Whether these neighbours in the message are what the item says: a run of CJK goes on at the outer sides only. */
function verdictAt(here: readonly Token[], { tokens, isPrefix }: OracleItem, stemOf: StemOf): Verdict {
  if (here.length < tokens.length) return 'no';
  return all(
    tokens.map((wanted, index) => {
      const token = here[index];
      const [isFirst, isLast] = [index === 0, index === tokens.length - 1];
      if (token?.isCjk !== wanted.isCjk) return 'no';
      if (!wanted.isCjk) return wordVerdict(token.text, wanted.text, isPrefix && isLast, stemOf);
      const { text } = token;
      if (isFirst && isLast) return yes(text.includes(wanted.text));
      if (isFirst) return yes(text.endsWith(wanted.text));
      return yes(isLast ? text.startsWith(wanted.text) : text === wanted.text);
    }),
  );
}

/** Forms that begin otherwise than their stem. */
const irregular: Readonly<Record<string, string>> = {
  die: 'dying',
  lie: 'lying',
  tie: 'tying',
  sky: 'skies',
};

function wordVerdict(word: string, wanted: string, isPrefix: boolean, stemOf: StemOf): Verdict {
  if (!isPrefix) return yes(stemOf(word) === stemOf(wanted));
  if (word.startsWith(wanted)) return 'yes';
  const stem = stemOf(word);
  // A stem may have lost its last letter to another ("happi", "hope").
  const mayBeAnotherForm =
    stem.startsWith(wanted) ||
    (stem.length > 1 && wanted.startsWith(stem.slice(0, -1))) ||
    irregular[stem]?.startsWith(wanted) === true;
  return mayBeAnotherForm ? 'maybe' : 'no';
}

const yes = (holds: boolean): Verdict => (holds ? 'yes' : 'no');

function all(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('maybe') ? 'maybe' : 'yes';
}

function any(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('maybe') ? 'maybe' : 'no';
}
