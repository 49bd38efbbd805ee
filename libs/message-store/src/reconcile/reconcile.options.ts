import type { StoreLogger } from '../store-logger.js';

export interface ReconcileStoreOptions {
  /** `postgres://…`: the database itself, no replica. */
  readonly databaseUrl: string;
  /** Days of 24 hours that a message is kept, as the retention worker has it; 1 or more. */
  readonly retentionDays: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger: StoreLogger;
}

/** One statement compares up to a batch; a session of millions of messages is one batch by itself. */
export const reconcilePool = {
  maxConnections: 1,
  acquireTimeoutMs: 5_000,
  statementTimeoutMs: 120_000,
  clientTimeoutMs: 125_000,
};

/** A batch ends at so many sessions or messages, whichever comes first, but never within a session. */
export const maxBatchSessions = 2_000;
export const maxBatchMessages = 50_000;

/**
 * Sessions are locked while they are counted anew, and their chats wait: for some hundred milliseconds. A session of
 * more messages is counted by itself.
 */
export const maxLockedSessions = 100;
export const maxLockedMessages = 20_000;

/** Messages indexed in one transaction: so many, and so much text, but at least one. */
export const maxIndexedMessages = 100;
export const maxIndexedBytes = 4 * 1_048_576;
