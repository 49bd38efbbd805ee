import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
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
import type { SearchItem } from '../search/search-query.js';

export interface FoundMessage {
  readonly message: Message;
  /** Where it matched: at most 240 characters of it, see `hitSegments`. */
  readonly segments: Segment[];
}

/** Cuts each message to where it matched. @param items what it may match. */
export async function markedMessages(
  database: Queryable,
  messages: readonly Message[],
  items: readonly SearchItem[],
  signal: AbortSignal,
): Promise<FoundMessage[]> {
  const phrases = items.map(phraseOf);
  if (phrases.length === 0 || messages.length === 0) {
    return messages.map((message) => ({ message, segments: hitSegments(message.content, []) }));
  }
  const texts = messages.map((message) => readText(message.content));
  const forms = await wordForms(database, phrases, texts, signal);
  return messages.map((message, index) => {
    const text = texts[index];
    const hits = text ? findHits(text, phrases, forms) : [];
    return { message, segments: hitSegments(message.content, hits) };
  });
}

/** Of PostgreSQL, so that a word is marked if and only if it was found. */
async function wordForms(
  database: Queryable,
  phrases: readonly Phrase[],
  texts: readonly ReadText[],
  signal: AbortSignal,
): Promise<WordForms> {
  const words = wordsToLookUp(phrases, texts);
  if (words.length === 0) return new Map();
  const rows = await database.query<WordForm & { word: string }>(
    formsOfWords,
    [words, beginningsToLookUp(phrases)],
    signal,
  );
  return new Map(rows.map((row) => [row.word, row]));
}

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
