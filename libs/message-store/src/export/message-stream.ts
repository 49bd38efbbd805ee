import { Readable } from 'node:stream';
import type { Message } from '../message.js';
import { ExportTimeoutError, TooManyExportsError } from '../message-store.errors.js';
import { filterSql, type MessageFilter } from '../read/message-filter.js';
import { retainedRange } from '../read/retained-range.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { SnapshotCursor } from './snapshot-cursor.js';

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

/** Rows asked for at once. A message has at most 1 MiB, so an export holds at most about 100 MiB, and usually 100 kB. */
const batchRows = 100;

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
    const options = { ...this.#database, statementTimeoutMs: maxDurationMs + statementGraceMs };
    const cursor = await SnapshotCursor.open<ExportedMessage>(options, sql, parameters);
    let stream: Readable | undefined;
    let timeUp: ExportTimeoutError | undefined;
    const end = (reason: string) => {
      timeUp = new ExportTimeoutError(reason);
      stream?.destroy(timeUp);
      cursor.close();
    };
    const deadline = setTimeout(end, maxDurationMs, `the export took longer than ${maxDurationMs} ms`);
    const stall = setTimeout(end, maxStallMs, `the export stood still for ${maxStallMs} ms`);
    const abandon = () => cursor.close();
    signal.addEventListener('abort', abandon, { once: true });
    const release = () => {
      clearTimeout(deadline);
      clearTimeout(stall);
      signal.removeEventListener('abort', abandon);
      cursor.close();
    };
    try {
      signal.throwIfAborted();
      const first = await cursor.read(batchRows);
      stream = Readable.from(rowsOf(cursor, first, stall));
    } catch (error) {
      release();
      throw timeUp ?? error;
    }
    return stream.once('close', () => {
      release();
      onClose();
    });
  }
}

async function* rowsOf(
  cursor: SnapshotCursor<ExportedMessage>,
  first: ExportedMessage[],
  stall: NodeJS.Timeout,
) {
  for (let batch = first; batch.length > 0; batch = await cursor.read(batchRows)) {
    for (const row of batch) {
      yield row;
      stall.refresh();
    }
  }
}

function selectMessages(
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
