/**
 * A text as the search index reads it (the SQL function `chat_search_text`): NFKC, divided into words at everything
 * but letters, marks behind them and digits, and where CJK begins or ends. Each word knows its place in the text as it was said.
 */
export interface ReadText {
  readonly content: string;
  readonly words: readonly Word[];
  /** Where the units from `from` to `to` of the normalised text stand in `content`, as `[start, end)`. */
  placeOf(from: number, to: number): readonly [start: number, end: number];
}

export interface Word {
  readonly text: string;
  /** A whole run of Han, kana or Hangul; what is searched in it is any part of it. */
  readonly isCjk: boolean;
  /** In UTF-16 units of the normalised text. */
  readonly from: number;
  readonly to: number;
}

/** As many as the index holds of a message; a run of CJK counts as one here and as its length there. */
const maxWords = 15_000;

const cjkRanges =
  String.raw`\u3005-\u3007\u3021-\u3029\u3038-\u303c\u3041-\u309a\u309d-\u309f\u30a1-\u30fa` +
  String.raw`\u30fc-\u30ff\u31f0-\u31ff\u1100-\u11ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c` +
  String.raw`\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\u{1aff0}-\u{1b16f}\u{20000}-\u{3fffd}`;
/** Letters to Unicode, apostrophes and accents by themselves to everybody else. */
const signs = String.raw`\u02b9-\u02df`;
const word = new RegExp(
  String.raw`(?<cjk>[[\p{L}\p{N}]&&[${cjkRanges}]][[\p{L}\p{M}\p{N}]&&[${cjkRanges}]]*)` +
    String.raw`|[[[\p{L}\p{M}\p{N}]&&[\p{Alphabetic}\p{N}]]--[${cjkRanges}${signs}]][[\p{L}\p{M}\p{N}]--[${cjkRanges}${signs}]]*`,
  'gv',
);

/** What NFKC may join to the character before it: marks, vowels and final consonants of Hangul, half-width signs. */
const joining = String.raw`[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc\u{16d67}]`;
/**
 * A run that NFKC leaves alone, else one character with what joins it; of marks stacked without end no more than a
 * hundred at once, because NFKC sorts them in quadratic time.
 */
const piece = new RegExp(
  String.raw`(?<inert>[\n -~\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]+(?!${joining}))|[\s\S]${joining}{0,100}`,
  'gv',
);
/**
 * Neither seen nor typed, or left out as often as written: variant selectors, the soft hyphen, the keycap around a
 * digit, the vowel points and the stretching of Arabic.
 */
const silents = String.raw`[\u064b-\u065f\u0670\u20e3\ufe00-\ufe0f\u{e0100}-\u{e01ef}\u00ad\u0640]`;
const silent = new RegExp(silents, 'gv');
const changing = new RegExp(String.raw`${silents}|〇|\p{M}{100}`, 'v');

export function readText(content: string): ReadText {
  const unchanged = !changing.test(content) && content.normalize('NFKC') === content;
  return unchanged
    ? { content, words: wordsOf(content), placeOf: (from, to) => [from, to] }
    : readChangedText(content);
}

function readChangedText(content: string): ReadText {
  let text = '';
  /** For each unit of `text`, where the piece it was made of begins; then the end of it all. */
  const origins: number[] = [];
  for (const { 0: source, index, groups } of content.matchAll(piece)) {
    const inert = groups?.['inert'] !== undefined;
    const made = inert ? source : source.normalize('NFKC').replace(silent, '').replaceAll('〇', '零');
    for (let unit = 0; unit < made.length; unit++) origins.push(inert ? index + unit : index);
    text += made;
  }
  origins.push(content.length);

  const placeOf = (from: number, to: number) => {
    // The end of a piece is the beginning of the next: it is marked as a whole.
    let end = to;
    while (origins[end] === origins[to - 1]) end++;
    return [origins[from] ?? content.length, origins[end] ?? content.length] as const;
  };
  return { content, words: wordsOf(text), placeOf };
}

function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: found, index, groups } of text.matchAll(word)) {
    const isCjk = groups?.['cjk'] !== undefined;
    words.push({ text: found, isCjk, from: index, to: index + found.length });
    if (words.length === maxWords) break;
  }
  return words;
}
