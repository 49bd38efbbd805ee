import type { Readable } from 'node:stream';
import type { Message } from '../message.js';
import { ExportTimeoutError, StoreUnavailableError, TooManyExportsError } from '../message-store.errors.js';
import { filterSql, type MessageFilter } from '../read/message-filter.js';
import { retainedRange } from '../read/retained-range.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { SnapshotRows } from './snapshot-rows.js';

/** A message in an export; the columns are named as in the table. */
export interface ExportedMessage {
  readonly session_name: string;
  readonly created_at: Date;
  readonly id: string;
  readonly role: Message['role'];
  readonly content: string;
  readonly response_time_ms: number | null;
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly status: Message['status'];
}

export interface ExportBounds {
  /** More at once are refused: each holds a connection, and a snapshot that keeps dead rows from being cleaned up. */
  readonly maxAtOnce: number;
  readonly maxDurationMs: number;
  /** How long the database may take for the next rows, or the client to take them. */
  readonly maxStallMs: number;
}

export const exportBounds: ExportBounds = { maxAtOnce: 4, maxDurationMs: 300_000, maxStallMs: 30_000 };

/** PostgreSQL's own end of an export comes after ours, which says why. */
const statementGraceMs = 5_000;

/** Streams every message of a filter in `(created_at, id)` order, as they were at one moment: none twice, none missing. */
export class MessageStream {
  readonly #database: { readonly url: string; readonly applicationName: string };
  readonly #clock: RetentionClock;
  readonly #bounds: ExportBounds;
  #running = 0;

  constructor(
    database: { readonly url: string; readonly applicationName: string },
    clock: RetentionClock,
    bounds = exportBounds,
  ) {
    this.#database = database;
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /**
   * @param signal aborted when nobody reads any more: ends the query at once.
   * @returns a stream of ExportedMessage, with the first rows at hand. It fails with ExportTimeoutError,
   * StoreUnavailableError or ReadTimeoutError.
   * @throws TooManyExportsError ExportTimeoutError StoreUnavailableError ReadTimeoutError
   */
  async open(filter: MessageFilter, signal: AbortSignal): Promise<Readable> {
    signal.throwIfAborted();
    const { maxAtOnce } = this.#bounds;
    if (this.#running >= maxAtOnce) throw new TooManyExportsError(`${maxAtOnce} exports run already`);
    this.#running++;
    try {
      return await this.#open(filter, signal, () => this.#running--);
    } catch (error) {
      this.#running--;
      throw error;
    }
  }

  async #open(filter: MessageFilter, signal: AbortSignal, onClose: () => void): Promise<Readable> {
    const { maxDurationMs, maxStallMs } = this.#bounds;
    const { sql, parameters } = selectMessages(filter, this.#clock);
    let stall: NodeJS.Timeout | undefined;
    const options = {
      ...this.#database,
      statementTimeoutMs: maxDurationMs + statementGraceMs,
      onProgress: () => stall?.refresh(),
    };
    const rows = await SnapshotRows.open<ExportedMessage>(options, sql, parameters);
    const end = (reason: string) => rows.destroy(new ExportTimeoutError(reason));
    const deadline = setTimeout(end, maxDurationMs, `the export took longer than ${maxDurationMs} ms`);
    stall = setTimeout(end, maxStallMs, `the export stood still for ${maxStallMs} ms`);
    const abandon = () => rows.destroy(new StoreUnavailableError('nobody waits for the export any more'));
    signal.addEventListener('abort', abandon, { once: true });
    // It may fail before there is somebody who listens.
    rows.on('error', () => undefined);
    rows.once('close', () => {
      clearTimeout(deadline);
      clearTimeout(stall);
      stall = undefined;
      signal.removeEventListener('abort', abandon);
    });
    try {
      signal.throwIfAborted();
      await rows.begun();
      // Closed along with its first row, it would never close again.
      if (rows.errored) throw rows.errored;
    } catch (error) {
      rows.destroy();
      throw rows.errored ?? error;
    }
    return rows.once('close', onClose);
  }
}

/** The statement of an export; exported for the spec of its plan. */
export function selectMessages(
  filter: MessageFilter,
  clock: RetentionClock,
): { sql: string; parameters: unknown[] } {
  const parameters: unknown[] = [];
  const bind = (value: unknown) => `$${parameters.push(value)}`;
  const { from, to } = retainedRange(filter, clock);
  const conditions = [
    `m.created_at >= ${bind(from)}`,
    `m.created_at < ${bind(to)}`,
    ...filterSql(filter, bind),
  ];
  const sql = `
    select m.session_name, m.created_at, m.id, m.role, m.content, m.response_time_ms, m.agent_id, m.agent_name, m.status
    from chat_messages m
    where ${conditions.join(' and ')}
    order by m.created_at, m.id`;
  return { sql, parameters };
}
