import { Pool, type PoolClient } from 'pg';
import { ReadCancelledError, ReadTimeoutError } from './message-store.errors.js';
import { runStatement, unlessAborted, type PreparedStatement } from './run-statement.js';
import { asReplicaError, asStoreError } from './store-fault.js';
import type { StoreLogger } from './store-logger.js';

export { asStoreError, sqlStateOf } from './store-fault.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly maxConnections: number;
  /** How long a caller waits for a free connection, or for a new one to be made. */
  readonly acquireTimeoutMs: number;
  /** After this PostgreSQL itself cancels the statement. */
  readonly statementTimeoutMs: number;
  /**
   * After this the client gives up on PostgreSQL and destroys the socket: only a server that hangs gets here,
   * so it must be longer than `statementTimeoutMs`.
   */
  readonly clientTimeoutMs: number;
  /** After this a connection that nobody uses is closed; 30,000 if left out. */
  readonly idleTimeoutMs?: number;
  /** What PostgreSQL is told when it is connected to, as on its command line; e.g. `-c name=value`. */
  readonly settings?: string;
  /** A statement that stands in the way of what the replica has to follow is cancelled by PostgreSQL. */
  readonly isReplica?: boolean;
  readonly logger: StoreLogger;
}

export type { PreparedStatement } from './run-statement.js';

/** What runs one statement: the pool, or one connection of it inside a transaction. */
export interface Queryable {
  /**
   * Runs one statement with its parameters bound, never spliced.
   * @param signal cancels the statement in PostgreSQL, or the wait for a connection.
   * @throws StoreUnavailableError PostgreSQL is away, hangs, or has no free connection.
   * @throws ReadTimeoutError the statement ran into `statementTimeoutMs`, or the signal was one of a timeout.
   * @throws ReadCancelledError the signal was aborted.
   */
  query<Row extends object>(
    sql: string | PreparedStatement,
    parameters?: readonly unknown[],
    signal?: AbortSignal,
  ): Promise<Row[]>;
}

/** A pool of connections to PostgreSQL whose every wait has a bound. Connects when first asked, not before. */
export class Database implements Queryable {
  readonly #pool: Pool;
  readonly #asStoreError: (error: unknown) => unknown;

  constructor(options: DatabaseOptions) {
    this.#asStoreError = options.isReplica ? asReplicaError : asStoreError;
    this.#pool = new Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.maxConnections,
      connectionTimeoutMillis: options.acquireTimeoutMs,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.clientTimeoutMs,
      idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
      keepAlive: true,
      ...(options.settings && { options: options.settings }),
    });
    // Without a listener an idle connection that breaks would end the process.
    this.#pool.on('error', (error) => {
      options.logger.warn({ reason: error.message }, 'an idle database connection was lost');
    });
  }

  async query<Row extends object>(
    sql: string | PreparedStatement,
    parameters: readonly unknown[] = [],
    signal?: AbortSignal,
  ): Promise<Row[]> {
    const run = (connection: PoolClient) => runStatement<Row>(connection, sql, parameters, signal);
    return this.#lend(run, leavesConnectionIdle, signal);
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
   * @param begin how it begins, e.g. `begin isolation level repeatable read, read only`.
   * @param signal ends the wait for a connection; `work` hands it to its own statements.
   */
  async transaction<Result>(
    work: (transaction: Queryable) => Promise<Result>,
    begin = 'begin',
    signal?: AbortSignal,
  ): Promise<Result> {
    const run = async (connection: PoolClient) => {
      const transaction = queryableOf(connection);
      await transaction.query(begin);
      const result = await work(transaction);
      await transaction.query('commit');
      return result;
    };
    return this.#lend(run, () => false, signal);
  }

  /**
   * Lends a raw connection. It goes back to the pool when `work` resolves and is closed when it rejects, which also
   * ends whatever transaction or cursor was left open on it.
   */
  async withConnection<Result>(work: (connection: PoolClient) => Promise<Result>): Promise<Result> {
    return this.#lend(work, () => false);
  }

  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  async ping(): Promise<void> {
    await this.query('select 1');
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  /** @param isIdleAfter whether the connection can be lent again after that error. */
  async #lend<Result>(
    work: (connection: PoolClient) => Promise<Result>,
    isIdleAfter: (error: unknown) => boolean,
    signal?: AbortSignal,
  ): Promise<Result> {
    const connection = await this.#connect(signal).catch((error: unknown) => {
      throw this.#asStoreError(error);
    });
    // A connection that breaks between two statements emits 'error'; the next statement reports it.
    const ignore = () => undefined;
    connection.on('error', ignore);
    try {
      const result = await work(connection);
      connection.off('error', ignore);
      connection.release();
      return result;
    } catch (error) {
      const storeError = this.#asStoreError(error);
      const isKept = isIdleAfter(storeError);
      if (isKept) connection.off('error', ignore);
      connection.release(!isKept);
      throw storeError;
    }
  }

  /** A connection that comes when nobody waits for it any more goes straight back. */
  async #connect(signal: AbortSignal | undefined): Promise<PoolClient> {
    const connecting = this.#pool.connect();
    if (signal === undefined) return connecting;
    return unlessAborted(signal, connecting).catch((error: unknown) => {
      if (signal.aborted) void connecting.then((connection) => connection.release()).catch(() => undefined);
      throw error;
    });
  }
}

/** Puts one connection behind the same contract as the pool. */
function queryableOf(connection: PoolClient): Queryable {
  return {
    async query<Row extends object>(
      sql: string | PreparedStatement,
      parameters: readonly unknown[] = [],
      signal?: AbortSignal,
    ) {
      try {
        return await runStatement<Row>(connection, sql, parameters, signal);
      } catch (error) {
        throw asStoreError(error);
      }
    },
  };
}

/** A statement that was cancelled leaves it so; what other errors leave is not worth telling apart. */
function leavesConnectionIdle(error: unknown): boolean {
  return error instanceof ReadTimeoutError || error instanceof ReadCancelledError;
}
