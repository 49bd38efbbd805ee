import { types } from 'node:util';
import { Pool, type PoolClient, type QueryConfig } from 'pg';
import { ReadTimeoutError, StoreUnavailableError } from './message-store.errors.js';
import type { StoreLogger } from './store-logger.js';

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
  readonly logger: StoreLogger;
}

/**
 * A statement that each connection parses and plans once, not at every call: worth it for what is run all the time,
 * and only where the plan does not depend on the parameters.
 */
export interface PreparedStatement {
  /** Of this text alone. */
  readonly name: string;
  readonly text: string;
}

/** What runs one statement: the pool, or one connection of it inside a transaction. */
export interface Queryable {
  /**
   * Runs one statement with its parameters bound, never spliced.
   * @throws StoreUnavailableError PostgreSQL is away, hangs, or has no free connection.
   * @throws ReadTimeoutError the statement ran into `statementTimeoutMs`.
   */
  query<Row extends object>(sql: string | PreparedStatement, parameters?: readonly unknown[]): Promise<Row[]>;
}

/** A pool of connections to PostgreSQL whose every wait has a bound. Connects when first asked, not before. */
export class Database implements Queryable {
  readonly #pool: Pool;

  constructor(options: DatabaseOptions) {
    this.#pool = new Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.maxConnections,
      connectionTimeoutMillis: options.acquireTimeoutMs,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.clientTimeoutMs,
      idleTimeoutMillis: options.idleTimeoutMs ?? 30_000,
      keepAlive: true,
    });
    // Without a listener an idle connection that breaks would end the process.
    this.#pool.on('error', (error) => {
      options.logger.warn({ reason: error.message }, 'an idle database connection was lost');
    });
  }

  async query<Row extends object>(
    sql: string | PreparedStatement,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> {
    try {
      // On any error pg-pool discards the connection, and destroys its socket if a query still runs on it.
      return (await this.#pool.query<Row>(queryConfig(sql, parameters))).rows;
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it rejects.
   * @param begin how it begins, e.g. `begin isolation level repeatable read, read only`.
   */
  async transaction<Result>(
    work: (transaction: Queryable) => Promise<Result>,
    begin = 'begin',
  ): Promise<Result> {
    return this.withConnection(async (connection) => {
      const transaction = queryableOf(connection);
      await transaction.query(begin);
      const result = await work(transaction);
      await transaction.query('commit');
      return result;
    });
  }

  /**
   * Lends a raw connection. It goes back to the pool when `work` resolves and is closed when it rejects, which also
   * ends whatever transaction or cursor was left open on it.
   */
  async withConnection<Result>(work: (connection: PoolClient) => Promise<Result>): Promise<Result> {
    const connection = await this.#pool.connect().catch((error: unknown) => {
      throw asStoreError(error);
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
      connection.release(true);
      throw asStoreError(error);
    }
  }

  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  async ping(): Promise<void> {
    await this.query('select 1');
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Puts one connection behind the same contract as the pool. */
export function queryableOf(connection: PoolClient): Queryable {
  return {
    async query<Row extends object>(sql: string | PreparedStatement, parameters: readonly unknown[] = []) {
      try {
        return (await connection.query<Row>(queryConfig(sql, parameters))).rows;
      } catch (error) {
        throw asStoreError(error);
      }
    },
  };
}

function queryConfig(sql: string | PreparedStatement, parameters: readonly unknown[]): QueryConfig {
  const statement = typeof sql === 'string' ? { text: sql } : sql;
  return { ...statement, values: [...parameters] };
}

/** The five characters of an SQLSTATE, or undefined when PostgreSQL did not say the error. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)
    ? code
    : undefined;
}

/**
 * Connection failures (class 08), shutdown (57P0x), too many connections (53300), a read-only standby (25006) and
 * everything that has no SQLSTATE (sockets, timeouts of ours) mean: PostgreSQL is not there for us now.
 * See the PostgreSQL manual, appendix A, "PostgreSQL Error Codes".
 */
export function asStoreError(error: unknown): unknown {
  // Not `instanceof`: under Jest the errors of Node's own modules come from another realm.
  if (!types.isNativeError(error) || isOurs(error)) return error;
  const state = sqlStateOf(error);
  if (state === '57014')
    return new ReadTimeoutError('the database cancelled the statement', { cause: error });
  if (state === undefined ? isConnectionFault(error) : /^(08|57P0|53300|25006|3D000|28)/.test(state)) {
    return new StoreUnavailableError('the database does not answer', { cause: error });
  }
  return error;
}

function isOurs(error: Error): boolean {
  return error instanceof StoreUnavailableError || error instanceof ReadTimeoutError;
}

/** node-postgres reports its own timeouts and lost sockets as plain errors; system errors carry `syscall`. */
function isConnectionFault(error: Error): boolean {
  return (
    'syscall' in error ||
    error instanceof AggregateError ||
    /timeout|terminat|not queryable|closed|Connection|ended|pool/i.test(error.message)
  );
}
