export { MessageStoreModule } from './message-store.module.js';
export { openMessageStore } from './message-store.js';
export type { MessageStore } from './message-store.js';
export type { MessageStoreOptions, PoolOptions } from './message-store.options.js';
export type { StoreLogger } from './store-logger.js';
export { StoreHealth } from './store-health.js';

export type { Message, MessageRole, MessageStatus, NewMessage } from './message.js';
export { newMessageId, timeInsideId } from './write/message-id.js';
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
export { backgroundExport, streamedExport } from './export/export-bounds.js';
export type { ExportBounds } from './export/export-bounds.js';
export { MessageExport } from './export/message-export.js';
export type { ExportFigures, ExportFile, ExportRequest, ExportShape } from './export/message-export.js';
export { ExportJobs } from './export/export-jobs.js';
export type { ExportJobListPage, ExportJobListQuery } from './export/export-jobs.js';
export type { ExportJob, ExportJobStatus, ExportProof } from './export/export-job.js';
export { ExportJobRuns } from './export/export-job-runs.js';
export type { ClaimedExportJob, ClaimLimits } from './export/export-job-runs.js';
export { ExportJobUpkeep } from './export/export-job-upkeep.js';
export type { ExportAttempt } from './export/export-job-upkeep.js';

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

export { openImportStore } from './import/open-import-store.js';
export type { ImportStore } from './import/open-import-store.js';
export type { ImportStoreOptions } from './import/import.options.js';
export type { ImportedBatch } from './import/message-import.js';
export { sourceMessageId } from './import/source-message-id.js';
export type { SourceKey } from './import/source-message-id.js';
export { isExactNumber, parseExactly } from './write/exact-json.js';
export { storableMessage } from './write/accepted-message.js';
export { maxResponseTimeMs } from './write/storable.js';

export { holdsMessagesOrAccounts, migrateDown, migrateUp, migrationStatus } from './schema/migrate.js';
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
  TooManyExportJobsError,
  TooManyExportsError,
  TooManyIntervalsError,
  TooManyRowsError,
  UnknownTimeZoneError,
  UsernameTakenError,
  WriterClosedError,
} from './message-store.errors.js';
export { isOutage } from './store-fault.js';
