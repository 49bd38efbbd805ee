import { setTimeout as delay } from 'node:timers/promises';
import type { Queryable } from '../database.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import type { AskedWords } from './asked-words.js';
import { hitsSql, type Bound, type Way } from './hit-statement.js';
import type { Bind, MessageFilter } from './message-filter.js';
import { ReadPace } from './read-pace.js';
import { retainedRange } from './retained-range.js';
import { searchWindows, type SearchDay, type TimeOrder } from './search-windows.js';

/** Takes the hits of one statement after the other, and knows when it has enough. */
export interface HitCollector<Row> {
  /** How many hits are still wanted; 0 when it has enough. */
  wanted(): number;
  /** The statement's result, from a select of hits `m` in their order. */
  select(hits: string, order: TimeOrder, bind: Bind): string;
  /** How many hits the statement found, of which it may have given fewer. */
  foundOf(rows: readonly Row[]): number;
  take(rows: readonly Row[]): void;
}

export interface AskedHits {
  readonly filter: MessageFilter;
  readonly words: AskedWords | undefined;
  readonly order: TimeOrder;
  readonly bounds: readonly Bound[];
}

/** So many messages are looked at for a first guess at how often the words meet: a millisecond. */
const firstLook = 1_000;
/** And if that says that so many hold what is wanted, they are: some 20 ms. */
const longestLook = 20_000;

/** Finds what is asked in the order of time, a window of days after the other. */
export class HitReader {
  readonly #database: Queryable;
  readonly #clock: RetentionClock;
  readonly #signal: AbortSignal;

  constructor(database: Queryable, clock: RetentionClock, signal: AbortSignal) {
    this.#database = database;
    this.#clock = clock;
    this.#signal = signal;
  }

  /** @throws as `Queryable.query`; what was found before is with the collector then. */
  async read<Row extends object>(asked: AskedHits, collector: HitCollector<Row>): Promise<void> {
    const way = wayOf(asked);
    if (way === 'gathered' && !isNarrow(asked.filter) && (await this.#look(asked, collector))) return;
    const pace = new ReadPace(way);
    for (const days of this.#windows(asked)) {
      if (collector.wanted() === 0) return;
      const askedAtMs = performance.now();
      collector.take(await this.#ask(asked, days, way, collector));
      const restMs = pace.restMs(performance.now() - askedAtMs);
      if (collector.wanted() > 0 && restMs > 0) await this.#rest(restMs);
    }
  }

  /**
   * Words that often meet are found among the first messages, where the index would give tens of thousands a day.
   * @returns whether they were.
   */
  async #look<Row extends object>(asked: AskedHits, collector: HitCollector<Row>): Promise<boolean> {
    const days = [...this.#windows(asked)].flat().slice(0, 2);
    const wanted = collector.wanted();
    for (let among = firstLook; days.length > 0 && among <= longestLook;) {
      const rows = await this.#ask(asked, days, { among }, collector);
      const found = collector.foundOf(rows);
      if (found === wanted) {
        collector.take(rows);
        return true;
      }
      if (among > firstLook) break;
      among = Math.ceil((1.5 * among * wanted) / found);
    }
    return false;
  }

  async #ask<Row extends object>(
    asked: AskedHits,
    days: readonly SearchDay[],
    way: Way,
    collector: HitCollector<Row>,
  ): Promise<Row[]> {
    const values: unknown[] = [];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const hits = hitsSql(asked, days, way, collector.wanted(), bind);
    return this.#database.query<Row>(collector.select(hits, asked.order, bind), values, this.#signal);
  }

  /** Aborted, it ends at once: the next statement says so. */
  async #rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal }).catch(() => undefined);
  }

  #windows({ filter, bounds, order }: AskedHits): Generator<SearchDay[]> {
    const range = retainedRange(filter, this.#clock);
    let [from, to] = [Date.parse(range.from), Date.parse(range.to)];
    for (const { side, createdAt } of bounds) {
      const at = Date.parse(createdAt);
      // The earliest end of a half-open range that still has the moment in it.
      if (side === '<' || side === '<=') to = Math.min(to, at + 1);
      else from = Math.max(from, at);
    }
    return searchWindows({ from, to }, this.#clock.now(), order);
  }
}

function wayOf({ words, filter }: AskedHits): 'ordered' | 'planned' | 'gathered' {
  if (words === undefined || words.positive.length === 0) return 'ordered';
  const isKnown = words.isCountable && filter.role === undefined && !isNarrow(filter);
  return isKnown ? 'planned' : 'gathered';
}

/** By what has an index of its own. */
function isNarrow({ sessionName, agentId, status }: MessageFilter): boolean {
  return sessionName !== undefined || agentId !== undefined || status !== undefined;
}
