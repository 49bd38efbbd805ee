import { Readable } from 'node:stream';
import { Client, Query, types, type Connection, type QueryConfig } from 'pg';
import { asStoreError } from '../database.js';

export interface SnapshotOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** After this PostgreSQL itself ends the query, should this process be gone without a word. */
  readonly statementTimeoutMs: number;
  /** Called whenever a row came or was taken. */
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

/**
 * The rows of one query, as they were at one moment, on a connection of its own: a transaction that may take minutes
 * has no place among those of the readers. Destroyed, it closes the connection at once, whatever that is doing, which
 * ends query and transaction.
 */
export class SnapshotRows<Row extends object> extends Readable {
  readonly #client: Client;
  readonly #query: PortalQuery<Row>;
  readonly #onProgress: () => void;

  private constructor(client: Client, query: PortalQuery<Row>, onProgress: () => void) {
    super({ objectMode: true, highWaterMark: rowsHeld });
    this.#client = client;
    this.#query = query;
    this.#onProgress = onProgress;
    query.on('row', (row) => {
      onProgress();
      if (!this.push(row)) client.connection.stream.pause();
    });
    query.on('end', () => this.push(null));
    query.on('error', (error) => this.destroy(asStoreError(error) as Error));
    client.query(query);
  }

  /** @throws StoreUnavailableError ReadTimeoutError */
  static async open<Row extends object>(
    options: SnapshotOptions,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<SnapshotRows<Row>> {
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
      await run(client, `set client_connection_check_interval = '2s'`);
      await run(client, `set timezone = 'UTC'`);
      await run(client, `set datestyle = 'ISO'`);
      await run(client, 'begin isolation level repeatable read read only');
      // Ahead of the snapshot, which the query takes: a partition detached between the two would be empty in it.
      await run(client, 'lock table only chat_messages in access share mode');
      return new SnapshotRows(client, new PortalQuery<Row>(sql, parameters), options.onProgress);
    } catch (error) {
      void client.end();
      throw asStoreError(error);
    }
  }

  /** Resolves with the first row at hand, or at the end when there is none. @throws StoreUnavailableError ReadTimeoutError */
  async begun(): Promise<void> {
    await this.#query.begun;
  }

  override _read(): void {
    this.#onProgress();
    this.#client.connection.stream.resume();
    this.#query.askForMore();
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

  constructor(sql: string, parameters: readonly unknown[]) {
    super({ text: sql, values: [...parameters], types: utcTimes, rows: rowsAskedFor } as QueryConfig);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.begun = promise;
    this.begun.catch(() => undefined);
    this.on('row', () => {
      this.#isAsked = false;
      resolve();
    });
    this.once('end', () => resolve());
    this.once('error', (error: Error) => reject(asStoreError(error) as Error));
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
 * PostgreSQL's text of a time, which is ISO 8601 but for a blank, where the session's time zone is UTC and its date
 * style ISO. The general
 * parser takes half as long as all the rest of reading a row.
 */
const utcTimes = {
  getTypeParser: (type: number, format?: 'text' | 'binary') =>
    type === types.builtins.TIMESTAMPTZ
      ? (text: string) => new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`)
      : types.getTypeParser(type, format),
} as typeof types;

function run(client: Client, text: string) {
  return client.query({ text, query_timeout: beginTimeoutMs } as { text: string });
}
