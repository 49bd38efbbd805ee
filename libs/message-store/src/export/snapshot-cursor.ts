import { Client } from 'pg';
import Cursor from 'pg-cursor';
import { asStoreError } from '../database.js';

export interface SnapshotOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  /** After this PostgreSQL itself ends the query, should this process be gone without a word. */
  readonly statementTimeoutMs: number;
}

/** A server that hangs is met by the first of these; together they stay below the 5 s that a request may wait. */
const connectTimeoutMs = 3_000;
const beginTimeoutMs = 1_500;

/**
 * The rows of one query, as they were at one moment, read piece by piece on a connection of its own: a transaction
 * that may take minutes has no place among those of the readers.
 */
export class SnapshotCursor<Row extends object> {
  readonly #client: Client;
  readonly #cursor: Cursor<Row>;

  private constructor(client: Client, cursor: Cursor<Row>) {
    this.#client = client;
    this.#cursor = cursor;
  }

  /** @throws StoreUnavailableError ReadTimeoutError */
  static async open<Row extends object>(
    options: SnapshotOptions,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<SnapshotCursor<Row>> {
    const client = new Client({
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      statement_timeout: options.statementTimeoutMs,
      lock_timeout: beginTimeoutMs,
      keepAlive: true,
    });
    // A connection that breaks emits 'error'; whoever reads is told by the read.
    client.on('error', () => undefined);
    try {
      await client.connect();
      // A backend that sorts would not notice that its client is gone.
      await run(client, `set client_connection_check_interval = '2s'`);
      await run(client, 'begin isolation level repeatable read read only');
      // Ahead of the snapshot, which the query takes: a partition detached between the two would be empty in it.
      await run(client, 'lock table only chat_messages in access share mode');
      return new SnapshotCursor(client, client.query(new Cursor<Row>(sql, [...parameters])));
    } catch (error) {
      void client.end();
      throw asStoreError(error);
    }
  }

  /** @returns at most `count` rows, none at the end. @throws StoreUnavailableError ReadTimeoutError */
  async read(count: number): Promise<Row[]> {
    try {
      return await this.#cursor.read(count);
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /** Closes the connection at once, whatever it is doing, which ends query and transaction; a waiting read rejects. */
  close(): void {
    void this.#client.end();
  }
}

function run(client: Client, text: string) {
  return client.query({ text, query_timeout: beginTimeoutMs } as { text: string });
}
