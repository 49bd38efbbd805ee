import { Readable } from 'node:stream';
import { Client, Query, types, type Connection, type QueryConfig } from 'pg';
import { asStoreError, sqlStateOf } from '../database.js';
import { StoreUnavailableError } from '../message-store.errors.js';

export interface SnapshotOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** After this PostgreSQL itself ends the query, should this process be gone without a word. */
  readonly statementTimeoutMs: number;
  /** Called whenever an answer came or more rows were asked for, which is after each that was taken. */
  readonly onProgress: () => void;
}

/** A server that hangs is met by the first of these; together they stay below the 5 s that a request may wait. */
const connectTimeoutMs = 3_000;
const beginTimeoutMs = 1_500;

/** Rows that PostgreSQL sends in one go; with fewer, waiting for it takes as long as all the rest. */
const rowsAskedFor = 1_000;

/**
 * Rows that wait to be taken; then no more are read from the socket. A message has at most 1 MiB, so at most 64 MiB
 * are held, and usually 100 kB: what one read from the socket brings.
 */
const rowsHeld = 64;

/** A statement and what is bound to its placeholders. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/**
 * The rows of one query, as they were at one moment, on a connection of its own: a transaction that may take minutes
 * has no place among those of the readers. Destroyed, it closes the connection at once, whatever that is doing, which
 * ends query and transaction.
 */
export class SnapshotRows<Row extends object> extends Readable {
  readonly #client: Client;
  readonly #onProgress: () => void;
  #query: PortalQuery<Row> | undefined;

  private constructor(client: Client, onProgress: () => void) {
    super({ objectMode: true, highWaterMark: rowsHeld });
    this.#client = client;
    this.#onProgress = onProgress;
  }

  /** Connects and begins the transaction; the snapshot is taken by the first statement. @throws StoreUnavailableError ReadTimeoutError */
  static async open<Row extends object>(options: SnapshotOptions): Promise<SnapshotRows<Row>> {
    const client = new Client({
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: options.statementTimeoutMs,
      lock_timeout: beginTimeoutMs,
      keepAlive: true,
    });
    // A connection that breaks emits 'error'; whoever reads is told by the query.
    client.on('error', () => undefined);
    try {
      await client.connect();
      // A backend that sorts would not notice that its client is gone.
      await run(client, `set client_connection_check_interval = '500ms'`);
      await run(client, `set timezone = 'UTC'`);
      await run(client, `set datestyle = 'ISO'`);
      await run(client, 'begin isolation level repeatable read read only');
      // Ahead of the snapshot: a partition detached between the two would be empty in it.
      await run(client, 'lock table only chat_messages in access share mode');
      return new SnapshotRows(client, options.onProgress);
    } catch (error) {
      void client.end();
      throw asSnapshotError(error);
    }
  }

  /** The one row of a statement ahead of the rows, in the same snapshot. @throws StoreUnavailableError ReadTimeoutError */
  async ask<Answer extends object>({ sql, parameters }: Statement): Promise<Answer | undefined> {
    try {
      const { rows } = await this.#client.query<Answer>(sql, [...parameters]);
      this.#onProgress();
      return rows[0];
    } catch (error) {
      throw asSnapshotError(error);
    }
  }

  /**
   * Asks for the rows, once. Resolves with the first row at hand, or at the end when there is none.
   * @throws StoreUnavailableError ReadTimeoutError
   */
  async begin(statement: Statement): Promise<void> {
    const query = new PortalQuery<Row>(statement);
    this.#query = query;
    query.on('row', (row) => {
      if (!this.push(row)) this.#client.connection.stream.pause();
    });
    query.on('end', () => this.push(null));
    query.on('error', (error) => this.destroy(asSnapshotError(error) as Error));
    this.#client.query(query);
    await query.begun;
  }

  override _read(): void {
    this.#onProgress();
    this.#client.connection.stream.resume();
    this.#query?.askForMore();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    void this.#client.end();
    done(error);
  }
}

/** Sends its next rows only when asked, so that PostgreSQL never writes to somebody who does not read. */
class PortalQuery<Row extends object> extends Query<Row> {
  readonly begun: Promise<void>;
  #suspended: Connection | undefined;
  #isAsked = false;

  constructor({ sql, parameters }: Statement) {
    super({ text: sql, values: [...parameters], types: asText, rows: rowsAskedFor } as QueryConfig);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.begun = promise;
    this.begun.catch(() => undefined);
    this.on('row', () => {
      this.#isAsked = false;
      resolve();
    });
    this.once('end', () => resolve());
    this.once('error', (error: Error) => reject(asSnapshotError(error) as Error));
  }

  /** Called by the client instead of asking at once. It may come by itself, long after the last row that was sent. */
  handlePortalSuspended(connection: Connection): void {
    this.#suspended = connection;
    if (this.#isAsked) this.askForMore();
  }

  /** Holds until a row comes: whoever asks does so once. */
  askForMore(): void {
    this.#isAsked = true;
    const connection = this.#suspended;
    if (!connection) return;
    this.#suspended = undefined;
    connection.execute({ portal: '', rows: String(rowsAskedFor) }, true);
    connection.flush();
  }
}

/**
 * Times and JSON stay text: an export writes them as they come, and a parsed number of JSON may be another one. A time is
 * PostgreSQL's own text (where the session's time zone is UTC and its date style ISO) made ISO 8601 with milliseconds; by
 * way of a Date that takes half as long as all the rest of reading a row.
 */
const asText = {
  getTypeParser: (type: number, format?: 'text' | 'binary') => {
    if (type === types.builtins.TIMESTAMPTZ) return isoTime;
    return type === types.builtins.JSONB ? String : types.getTypeParser(type, format);
  },
} as typeof types;

/** `2026-11-01 08:00:00.1+00` is `2026-11-01T08:00:00.100Z`. */
function isoTime(text: string): string {
  const milliseconds = text.slice(20, -3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${milliseconds}Z`;
}

const lockNotAvailable = '55P03';

/** A table that somebody changes just now is there again in a moment; that is no fault of the export. */
function asSnapshotError(error: unknown): unknown {
  return sqlStateOf(error) === lockNotAvailable
    ? new StoreUnavailableError('a table is locked', { cause: error })
    : asStoreError(error);
}

function run(client: Client, text: string) {
  return client.query({ text, query_timeout: beginTimeoutMs } as { text: string });
}
