export { MessageStoreModule } from './message-store.module.js';
export { openMessageStore } from './message-store.js';
export type { MessageStore } from './message-store.js';
export type { MessageStoreOptions, PoolOptions } from './message-store.options.js';
export type { StoreLogger } from './store-logger.js';
export { StoreHealth } from './store-health.js';

export type { Message, MessageRole, MessageStatus, NewMessage } from './message.js';
export { newMessageId } from './write/message-id.js';
export { MessageWriter } from './write/message-writer.js';
export { WriterMetrics } from './write/writer-metrics.js';
export type { SavedMessage } from './write/message-writer.js';
export type { Durability } from './write/pending-message.js';
export type { WriterState } from './write/writer-state.js';

export { TurnLedger } from './turns/turn-ledger.js';
export { TurnMetrics } from './turns/turn-metrics.js';
export type {
  AgentMessageClaim,
  AgentMessageClaimed,
  ContextMessage,
  RepeatedTurn,
  TurnBeginning,
  TurnEnding,
  TurnLedgerState,
  TurnRequest,
} from './turns/turn.js';

export { SessionList } from './read/session-list.js';
export type { SessionListPage, SessionListQuery } from './read/session-list.js';
export type { ChatSession } from './read/session-row.js';
export { Transcript } from './read/transcript.js';
export type { TranscriptPage, TranscriptQuery } from './read/transcript.js';
export type { MessageFilter } from './read/message-filter.js';
export { MessageSearch } from './read/message-search.js';
export type { MessageSearchPage, MessageSearchQuery, SearchOrder } from './read/message-search.js';
export type { FoundMessage } from './read/marked-messages.js';
export type { HitCount } from './read/hit-count.js';
export type { RankedHits } from './read/page-search.js';
export { MessageStatistics } from './read/message-statistics.js';
export type {
  CountsByRole,
  PreviousStatistics,
  Statistics,
  StatisticsQuery,
} from './read/message-statistics.js';
export type { StatisticsTotals } from './read/statistics-totals.js';
export { MessageCsvExport } from './export/message-csv-export.js';

export { Agents } from './agents/agents.js';
export type { Agent, AgentRole, NewAgent } from './agents/agents.js';

export { openRetentionStore } from './retention/open-retention-store.js';
export type { RetentionStore } from './retention/open-retention-store.js';
export type { RetentionStoreOptions } from './retention/retention.options.js';
export { anotherWorkerIsRunning } from './retention/exclusive-run.js';
export { addFigures, noFigures } from './retention/retention-figures.js';
export type { RetentionFigures } from './retention/retention-figures.js';
export type { GoodRun } from './retention/retention-runs.js';
export type { QuarterCounting, UncountedQuarters } from './statistics/quarter-counting.js';
export { retentionCutoff } from './retention/retention-cutoff.js';

export { openReconcileStore } from './reconcile/open-reconcile-store.js';
export type { ReconcileStore } from './reconcile/open-reconcile-store.js';
export type { ReconcileStoreOptions } from './reconcile/reconcile.options.js';
export type { ReconciledBatch } from './reconcile/reconciliation.js';
export type { SessionDifference } from './reconcile/session-comparison.js';

export { UnsuitableDatabaseError, migrateDown, migrateUp, migrationStatus } from './schema/migrate.js';
export type { MigrationStatus } from './schema/migrate.js';

export {
  BufferFullError,
  ExportTimeoutError,
  InvalidCursorError,
  MessageNotFoundError,
  MessageSetAsideError,
  MessageTooLargeError,
  NotDurableError,
  PasswordCheckBusyError,
  ReadCancelledError,
  ReadTimeoutError,
  RetentionLockLostError,
  SessionNotFoundError,
  StoreUnavailableError,
  TooManyExportsError,
  TooManyIntervalsError,
  UnknownTimeZoneError,
  UsernameTakenError,
  WriterClosedError,
} from './message-store.errors.js';
