import { readText, type ReadText, type Word } from './read-text.js';
import type { SearchItem } from './search-query.js';

/** One item of the query, read as the index reads it: consecutive words. */
export interface Phrase {
  readonly words: readonly Word[];
  /** The last word may go on. */
  readonly isPrefix: boolean;
}

export function phraseOf(item: SearchItem): Phrase {
  return { words: readText(item.text).words, isPrefix: item.isPrefix };
}

/** A place in a message, `[start, end)` in UTF-16 units, that a phrase of the query matched. */
export interface Hit {
  readonly start: number;
  readonly end: number;
  /** Which of the phrases. */
  readonly phrase: number;
}

/** What PostgreSQL makes of a word. */
export interface WordForm {
  /** In lower case, without accents, as its English stem. */
  readonly lexeme: string;
  /** Which of the beginnings that are asked for it is found by. */
  readonly beginnings: readonly string[];
}

/** By the word as it stands in the text. CJK words have none; a word that is missing here matches nothing. */
export type WordForms = ReadonlyMap<string, WordForm>;

/** The most words that are asked of the database for a page, and the longest: what is beyond is shown unmarked. */
const maxLookedUpWords = 10_000;
const maxLookedUpLength = 1_000;

/**
 * The words whose forms `findHits` needs: those of the phrases, and those of the texts that may have the same lexeme.
 * A stem begins as its word does, so another initial rules a word out, unless taking an accent off may change it.
 */
export function wordsToLookUp(phrases: readonly Phrase[], texts: readonly ReadText[]): string[] {
  const sought = new Set<string>();
  for (const { words } of phrases) for (const word of words) if (!word.isCjk) sought.add(word.text);
  const initials = new Set(Array.from(sought, initialOf));
  if (sought.size === 0) return [];
  const anyInitial = initials.has(undefined);
  for (const { words } of texts) {
    for (const { text, isCjk } of words) {
      if (isCjk || text.length > maxLookedUpLength) continue;
      const initial = initialOf(text);
      if (anyInitial || initial === undefined || initials.has(initial)) sought.add(text);
      if (sought.size === maxLookedUpWords) return [...sought];
    }
  }
  return [...sought];
}

/** The words of the phrases that a word of a text may begin with. */
export function beginningsToLookUp(phrases: readonly Phrase[]): string[] {
  return phrases.flatMap(({ words, isPrefix }) => {
    const last = words.at(-1);
    return isPrefix && last && !last.isCjk ? [last.text] : [];
  });
}

/** In lower case, without its accents; undefined if it is no ASCII letter or digit even then. */
function initialOf(word: string): string | undefined {
  const [initial = ''] = word.slice(0, 2).normalize('NFD').toLowerCase();
  return /[0-9a-z]/.test(initial) ? initial : undefined;
}

/** Of one phrase in one message: more would not make the excerpt better. */
const maxHitsPerPhrase = 500;

/**
 * Every place that makes the message a match, by the rules of the SQL function `chat_search_phrase`, in order.
 * Bounded: 15,000 words of the message, 500 hits a phrase.
 */
export function findHits(text: ReadText, phrases: readonly Phrase[], forms: WordForms): Hit[] {
  const hits: Hit[] = [];
  phrases.forEach((phrase, index) => {
    let count = 0;
    for (const [from, to] of placesOf(phrase, text.words, forms)) {
      const [start, end] = text.placeOf(from, to);
      hits.push({ start, end, phrase: index });
      if (++count === maxHitsPerPhrase) break;
    }
  });
  return hits.sort((a, b) => a.start - b.start || a.end - b.end);
}

function* placesOf(phrase: Phrase, words: readonly Word[], forms: WordForms): Generator<[number, number]> {
  const first = phrase.words[0];
  const last = phrase.words.at(-1);
  if (first === undefined || last === undefined) return;
  if (first === last && first.isCjk) {
    for (const word of words) if (word.isCjk) yield* placesInside(word, first.text);
    return;
  }
  const span = phrase.words.length - 1;
  for (const [at, begin] of words.entries()) {
    const end = words[at + span];
    if (end === undefined) return;
    if (!phraseIsAt(phrase, words, at, forms)) continue;
    yield [
      first.isCjk ? begin.to - first.text.length : begin.from,
      last.isCjk ? end.from + last.text.length : end.to,
    ];
  }
}

function* placesInside(word: Word, part: string): Generator<[number, number]> {
  for (let at = word.text.indexOf(part); at >= 0; at = word.text.indexOf(part, at + 1)) {
    yield [word.from + at, word.from + at + part.length];
  }
}

function phraseIsAt(phrase: Phrase, words: readonly Word[], at: number, forms: WordForms): boolean {
  return phrase.words.every((wanted, index) => {
    const word = words[at + index];
    if (word?.isCjk !== wanted.isCjk) return false;
    const isLast = index === phrase.words.length - 1;
    if (!wanted.isCjk) return sameWord(word, wanted, isLast && phrase.isPrefix, forms);
    // Nothing may stand between the parts of a phrase, so a run of CJK touches its neighbours' side.
    if (index === 0) return word.text.endsWith(wanted.text);
    return isLast ? word.text.startsWith(wanted.text) : word.text === wanted.text;
  });
}

function sameWord(word: Word, wanted: Word, isPrefix: boolean, forms: WordForms): boolean {
  const form = forms.get(word.text);
  if (isPrefix) return form?.beginnings.includes(wanted.text) ?? false;
  return Boolean(form?.lexeme) && form?.lexeme === forms.get(wanted.text)?.lexeme;
}
