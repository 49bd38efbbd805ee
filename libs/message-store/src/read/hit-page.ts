import type { HitCollector } from './hit-reader.js';
import { timeOrderSql } from './hit-statement.js';
import type { Bind } from './message-filter.js';
import { messageColumns, type MessageRow } from './message-row.js';
import { maxPageBytes, rowsWithinBytes, type BudgetedRow } from './page-budget.js';
import type { TimeOrder } from './search-windows.js';

type FoundRow = MessageRow & BudgetedRow;

/** Collects a page of hits and one more if there is one, or as many as the page's bytes allow. */
export class HitPage implements HitCollector<FoundRow> {
  readonly rows: FoundRow[] = [];
  readonly #limit: number;
  #bytes = 0;
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get hasMore(): boolean {
    return this.#isCut || this.rows.length > this.#limit;
  }

  wanted(): number {
    return this.#isCut ? 0 : this.#limit + 1 - this.rows.length;
  }

  select(hits: string, order: TimeOrder, bind: Bind): string {
    const ofMessages = `select ${messageColumns} from (${hits}) m`;
    return rowsWithinBytes(ofMessages, timeOrderSql[order], bind(maxPageBytes - this.#bytes));
  }

  foundOf(rows: readonly FoundRow[]): number {
    return rows[0]?.found ?? 0;
  }

  take(rows: readonly FoundRow[]): void {
    this.#isCut = rows.length < this.foundOf(rows);
    for (const row of rows) {
      this.#bytes += row.bytes;
      // A statement gives one row at least, and that one may not fit behind those before it.
      if (this.rows.length > 0 && this.#bytes > maxPageBytes) {
        this.#isCut = true;
        return;
      }
      this.rows.push(row);
    }
  }
}
