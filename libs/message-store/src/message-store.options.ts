import type { StoreLogger } from './store-logger.js';

export interface MessageStoreOptions {
  /** `postgres://…`; the schema must be there (`npm run migrate`). */
  readonly databaseUrl: string;
  /** Days of 24 hours after which a message is invisible to every reader; 1 or more. */
  readonly retentionDays: number;
  /**
   * Where messages are kept that the database does not take in time, or cannot take: on a local disk (no network share)
   * that survives a restart. Made when needed. Processes may share it.
   */
  readonly spoolDir: string;
  /** What the spool may take on the disk: 1 MiB or more; 1 GiB if left out. */
  readonly spoolMaxBytes?: number;
  /** After how many milliseconds a message that the database has not confirmed goes to the spool; 250 if left out. */
  readonly commitTimeoutMs?: number;
  /** For how many milliseconds a turn waits for what it asks; 150 if left out. */
  readonly turnTimeoutMs?: number;
  /**
   * Of a streaming replica of the database: lists, transcripts, search and statistics are read there, as late as it
   * follows. Everything else, exports among it, goes to the database itself, which also reads them if left out.
   */
  readonly replicaUrl?: string;
  /** For everything that is read in pages; `defaultReaderPool` where left out. */
  readonly readerPool?: Partial<PoolOptions>;
  /** For the writer alone; `defaultWriterPool` where left out. */
  readonly writerPool?: Partial<PoolOptions>;
  /** The service's name, shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger: StoreLogger;
}

/** Connections to one PostgreSQL, and how long one waits for them. */
export interface PoolOptions {
  /** 1 or more. */
  readonly maxConnections: number;
  /** How long a caller waits for a free connection, or for a new one to be made. */
  readonly acquireTimeoutMs: number;
  /** After this a statement is cancelled in PostgreSQL. */
  readonly statementTimeoutMs: number;
}

/** What holds where the options do not say otherwise. */
export const spoolDefaults = { spoolMaxBytes: 1_073_741_824, commitTimeoutMs: 250 };

/**
 * Two cores serve ten readers; more would only queue inside PostgreSQL, where the wait has no bound of ours. A request
 * has failed within 1 + 3.5 s.
 */
export const defaultReaderPool: PoolOptions = {
  maxConnections: 10,
  acquireTimeoutMs: 1_000,
  statementTimeoutMs: 3_000,
};

/**
 * The writer's own, so that readers who fill their pool never delay a message. One or two flush, one replays the spool,
 * one may make partitions.
 */
const defaultWriterPool: PoolOptions = {
  maxConnections: 4,
  acquireTimeoutMs: 3_000,
  statementTimeoutMs: 5_000,
};

/** A pool whose client gives up so long after PostgreSQL should have cancelled: only a server that hangs gets there. */
export type BoundedPool = PoolOptions & { readonly clientTimeoutMs: number };

export function readerPool(options: Partial<PoolOptions> = {}): BoundedPool {
  const pool = { ...defaultReaderPool, ...options };
  return { ...pool, clientTimeoutMs: pool.statementTimeoutMs + 500 };
}

export function writerPool(options: Partial<PoolOptions> = {}): BoundedPool {
  const pool = { ...defaultWriterPool, ...options };
  return { ...pool, clientTimeoutMs: pool.statementTimeoutMs + 1_000 };
}

/**
 * How long shutdown waits for the database. With what the spool may take then (4 s) and what a service allows its
 * answers (up to 14 s) it stays below the 30 s that orchestrators wait before they kill.
 */
export const writerDrainTimeoutMs = 8_000;

/** How long shutdown waits for connections to end: a statement at a server that hangs is left to itself. */
export const closeTimeoutMs = 1_000;
