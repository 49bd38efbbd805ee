import type { HitCollector } from './hit-reader.js';
import { timeOrderSql } from './hit-statement.js';
import type { Bind } from './message-filter.js';
import type { TimeOrder } from './search-windows.js';

/** A hit without its text: what it takes to rank it, to page and to fetch it. */
export interface RankedHit {
  readonly session_name: string;
  readonly created_at: Date;
  readonly id: string;
  /** Of the text, in UTF-8. */
  readonly bytes: number;
  readonly rank: number;
}

/**
 * Collects the first hits with their ranks: higher for a message in which the words are near to each other or more
 * frequent, for its length (`ts_rank_cd`, normalised by the logarithm of the length).
 */
export class HitRanking implements HitCollector<RankedHit> {
  readonly hits: RankedHit[] = [];
  readonly #most: number;
  readonly #tsquery: string;

  constructor(most: number, tsquery: string) {
    this.#most = most;
    this.#tsquery = tsquery;
  }

  wanted(): number {
    return this.#most - this.hits.length;
  }

  select(hits: string, order: TimeOrder, bind: Bind): string {
    return `
      select m.session_name, m.created_at, m.id, octet_length(m.content) as bytes,
             ts_rank_cd(m.content_tsv, ${bind(this.#tsquery)}::tsquery, 1) as rank
      from (${hits}) m
      order by ${timeOrderSql[order]}`;
  }

  foundOf(rows: readonly RankedHit[]): number {
    return rows.length;
  }

  take(rows: readonly RankedHit[]): void {
    this.hits.push(...rows);
  }
}

/** Best first; of equals the newest. */
export function byRelevance(one: RankKey, other: RankKey): number {
  return (
    other.rank - one.rank ||
    other.created_at.getTime() - one.created_at.getTime() ||
    (one.id < other.id ? 1 : one.id > other.id ? -1 : 0)
  );
}

export type RankKey = Pick<RankedHit, 'rank' | 'created_at' | 'id'>;
