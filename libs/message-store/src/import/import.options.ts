import type { StoreLogger } from '../store-logger.js';

export interface ImportStoreOptions {
  /** `postgres://…`: the database itself, no replica. */
  readonly databaseUrl: string;
  /** Days of 24 hours that a message is kept, as every service has it; 1 or more. */
  readonly retentionDays: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger: StoreLogger;
}

/** Nobody waits for an import as a chat's writer is waited for: a statement may take longer. */
export const importPool = {
  maxConnections: 1,
  acquireTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  clientTimeoutMs: 31_000,
};

/**
 * How often a batch is tried: for some 40 s while the database is away, and often enough that rows which are slow to
 * index come to stand alone, a batch being halved each time.
 */
export const maxAttempts = 15;
