import type { TestDatabase } from '../src/testing.js';
import { wordsOf } from './search-oracle.js';

/** Which English words have one stem: that is the dictionary's of PostgreSQL to say, and nothing else is asked of it. */
export class Stems {
  readonly #test: TestDatabase;
  readonly #stems = new Map<string, string>();

  constructor(test: TestDatabase) {
    this.#test = test;
  }

  readonly stemOf = (word: string): string => this.#stems.get(word) ?? word;

  /** Of every word of these texts, before `stemOf` is asked for them. */
  async learn(texts: readonly string[]): Promise<void> {
    const unknown = [...new Set(wordsOf(...texts))].filter((word) => !this.#stems.has(word));
    if (unknown.length === 0) return;
    const rows = await this.#test.query<{ word: string; stem: string | null }>(
      `select word, (ts_lexize('chat_english', word))[1] as stem from unnest($1::text[]) as word`,
      [unknown],
    );
    for (const { word, stem } of rows) this.#stems.set(word, stem ?? word);
  }
}
