import type { StoreLogger } from '../store-logger.js';

export interface RetentionStoreOptions {
  /** `postgres://…`: straight to PostgreSQL; a pooler between would lend the lock's session to others. */
  readonly databaseUrl: string;
  /** Days of 24 hours that a message is kept; 1 or more. */
  readonly retentionDays: number;
  /** The service's name, shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger: StoreLogger;
  /** As `detachTimeoutMs` below. */
  readonly detachTimeoutMs?: number;
}

/**
 * A run works on one connection and asks on the other. Counting a day of tens of millions of messages takes seconds;
 * five minutes mean that something is wrong.
 */
export const maintenancePool = {
  maxConnections: 2,
  acquireTimeoutMs: 5_000,
  statementTimeoutMs: 300_000,
  clientTimeoutMs: 310_000,
};

/** One quarter-hour after the other. To count one takes milliseconds; to wait for half a minute means something is wrong. */
export const countingPool = {
  maxConnections: 1,
  acquireTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  clientTimeoutMs: 31_000,
};

/**
 * How long a partition's detachment waits for transactions that began before it. Readers are cut after 3.5 s, so only
 * a long export or a forgotten session outlasts this; and a worker asked to stop must not wait longer than
 * orchestrators do.
 */
export const detachTimeoutMs = 5_000;

/** Where a lock would make chats and readers queue, they do so for this long at the most. */
export const dropLockTimeoutMs = 200;

/** Rows a transaction deletes: some 20 ms, and a run asked to stop ends after that. */
export const messagesPerBatch = 1_000;

/** Rows of turns looked at, and deleted at most, in one transaction. */
export const turnsPerBatch = 1_000;

/** Sessions whose rows are locked at once; a chat in one of them is written as soon as they are counted. */
export const sessionsPerBatch = 100;
