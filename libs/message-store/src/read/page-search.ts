import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import type { AskedHits, HitReader } from './hit-reader.js';

/** What it takes to find a page of hits. */
export interface PageSearch {
  readonly database: Queryable;
  readonly reader: HitReader;
  readonly asked: AskedHits;
  readonly limit: number;
  /** Of the page before. */
  readonly cursor: string | undefined;
  /** What a cursor belongs to. */
  readonly identity: object;
  readonly signal: AbortSignal;
}

/** What was ranked by relevance: the newest hits, so many, and whether there are no others. */
export interface RankedHits {
  /** At most 1,000. */
  readonly hits: number;
  readonly isAll: boolean;
}

export interface FoundPage {
  readonly messages: Message[];
  readonly nextCursor: string | null;
  readonly ranked?: RankedHits;
}
