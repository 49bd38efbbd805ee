import type { HitCollector } from './hit-reader.js';

/** So many hits are counted or ranked at most. */
export const maxHits = 1_000;

/** How many messages are found in all: so many, or at least so many. */
export interface HitCount {
  /** At most 1,000. */
  readonly value: number;
  readonly relation: 'exact' | 'at_least';
}

interface CountRow {
  found: number;
}

/** Counts hits up to the bound, without reading them. */
export class HitCounter implements HitCollector<CountRow> {
  #count: number;

  /** @param count of hits that are known already. */
  constructor(count: number) {
    this.#count = count;
  }

  /** @param isAll whether every window was counted. */
  countOf(isAll: boolean): HitCount {
    const isExact = isAll && this.#count < maxHits;
    return { value: this.#count, relation: isExact ? 'exact' : 'at_least' };
  }

  wanted(): number {
    return Math.max(0, maxHits - this.#count);
  }

  select(hits: string): string {
    return `select count(*)::int as found from (${hits}) m`;
  }

  foundOf(rows: readonly CountRow[]): number {
    return rows[0]?.found ?? 0;
  }

  take(rows: readonly CountRow[]): void {
    this.#count += this.foundOf(rows);
  }
}
