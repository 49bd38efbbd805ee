import type { Readable } from 'node:stream';
import {
  ExportTimeoutError,
  StoreUnavailableError,
  TooManyExportsError,
  TooManyRowsError,
} from '../message-store.errors.js';
import { filterSql, type MessageFilter } from '../read/message-filter.js';
import { retainedRange } from '../read/retained-range.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import type { ExportBounds } from './export-bounds.js';
import { exportedColumns, type ExportedMessage } from './exported-message.js';
import { SnapshotRows, type Statement } from './snapshot-rows.js';

export interface MessageSelection {
  readonly filter: MessageFilter;
  /** By `(created_at, id)`, or session by session and in that order within each. */
  readonly order: 'time' | 'session';
  readonly withMetadata: boolean;
}

/** What one snapshot holds of a selection. */
export interface SelectedMessages {
  /** Of ExportedMessage, with the first at hand. It fails with ExportTimeoutError, StoreUnavailableError or ReadTimeoutError. */
  readonly messages: Readable;
  /** By PostgreSQL's clock: what was committed before is in it. */
  readonly snapshotAt: Date;
  /** How many messages will come, counted in the same snapshot. */
  readonly rowsTotal: number;
}

/** PostgreSQL's own end of an export comes after ours, which says why. */
const statementGraceMs = 5_000;

/** Streams every message of a selection, as they were at one moment: none twice, none missing. */
export class MessageStream {
  readonly #database: { readonly url: string; readonly applicationName: string };
  readonly #clock: RetentionClock;
  #running = 0;

  constructor(database: { readonly url: string; readonly applicationName: string }, clock: RetentionClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * @param signal aborted when nobody reads any more: ends the query at once.
   * @throws TooManyExportsError TooManyRowsError ExportTimeoutError StoreUnavailableError ReadTimeoutError
   */
  async open(
    selection: MessageSelection,
    signal: AbortSignal,
    bounds: ExportBounds,
  ): Promise<SelectedMessages> {
    signal.throwIfAborted();
    const { maxAtOnce } = bounds;
    if (maxAtOnce === undefined) return this.#open(selection, signal, bounds);
    if (this.#running >= maxAtOnce) throw new TooManyExportsError(`${maxAtOnce} exports run already`);
    this.#running++;
    try {
      const selected = await this.#open(selection, signal, bounds);
      selected.messages.once('close', () => this.#running--);
      return selected;
    } catch (error) {
      this.#running--;
      throw error;
    }
  }

  async #open(
    selection: MessageSelection,
    signal: AbortSignal,
    bounds: ExportBounds,
  ): Promise<SelectedMessages> {
    const { maxRows } = bounds;
    const { count, select } = statementsOf(selection, this.#clock, maxRows);
    const messages = await this.#begin(signal, bounds);
    try {
      signal.throwIfAborted();
      const counted = await messages.ask<Counted>(count);
      if (!counted) throw new StoreUnavailableError('the database did not count');
      const { snapshot_at: snapshotAt, rows: rowsTotal } = counted;
      if (maxRows !== undefined && rowsTotal > maxRows) throw new TooManyRowsError(maxRows);
      await messages.begin(select);
      // Closed along with its first row, it would never close again.
      if (messages.errored) throw messages.errored;
      return { messages, snapshotAt, rowsTotal };
    } catch (error) {
      messages.destroy();
      throw messages.errored ?? error;
    }
  }

  /** A transaction that ends when its time is over, when it stands still, or when nobody waits for it any more. */
  async #begin(
    signal: AbortSignal,
    { maxDurationMs, maxStallMs }: ExportBounds,
  ): Promise<SnapshotRows<ExportedMessage>> {
    let stall: NodeJS.Timeout | undefined;
    const messages = await SnapshotRows.open<ExportedMessage>({
      ...this.#database,
      statementTimeoutMs: maxDurationMs + statementGraceMs,
      onProgress: () => stall?.refresh(),
    });
    const end = (reason: string) => messages.destroy(new ExportTimeoutError(reason));
    const deadline = setTimeout(end, maxDurationMs, `the export took longer than ${maxDurationMs} ms`);
    stall = setTimeout(end, maxStallMs, `the export stood still for ${maxStallMs} ms`);
    const abandon = () => messages.destroy(new StoreUnavailableError('nobody waits for the export any more'));
    signal.addEventListener('abort', abandon, { once: true });
    // It may fail before there is somebody who listens.
    messages.on('error', () => undefined);
    messages.once('close', () => {
      clearTimeout(deadline);
      clearTimeout(stall);
      stall = undefined;
      signal.removeEventListener('abort', abandon);
    });
    return messages;
  }
}

interface Counted {
  readonly snapshot_at: Date;
  readonly rows: number;
}

const orders = { time: 'm.created_at, m.id', session: 'm.session_name, m.created_at, m.id' };

/**
 * The statements of an export, exported for the spec of their plans: `count` takes the snapshot and counts, up to one row
 * more than may be exported, `select` reads.
 */
export function statementsOf(
  { filter, order, withMetadata }: MessageSelection,
  clock: RetentionClock,
  maxRows?: number,
): { count: Statement; select: Statement } {
  const parameters: unknown[] = [];
  const bind = (value: unknown) => `$${parameters.push(value)}`;
  const { from, to } = retainedRange(filter, clock);
  const conditions = [
    `m.created_at >= ${bind(from)}`,
    `m.created_at < ${bind(to)}`,
    ...filterSql(filter, bind),
  ];
  const messages = `from chat_messages m where ${conditions.join(' and ')}`;
  const columns = [...exportedColumns, ...(withMetadata ? ['metadata'] : [])].map((column) => `m.${column}`);
  const select = {
    sql: `select ${columns.join(', ')} ${messages} order by ${orders[order]}`,
    parameters: [...parameters],
  };
  const limit = maxRows === undefined ? '' : `limit ${bind(maxRows + 1)}`;
  const sql = `
    select statement_timestamp() as snapshot_at, count(*)::float8 as rows
    from (select ${messages} ${limit}) as message`;
  return { count: { sql, parameters }, select };
}
