import { Agents } from './agents/agents.js';
import { closePools } from './close-pools.js';
import { Database } from './database.js';
import { MessageExport } from './export/message-export.js';
import type { ExportJobRuns } from './export/export-job-runs.js';
import type { ExportJobUpkeep } from './export/export-job-upkeep.js';
import type { ExportJobs } from './export/export-jobs.js';
import { openExportJobs } from './export/open-export-jobs.js';
import { MessageStream } from './export/message-stream.js';
import { writerDrainTimeoutMs, readerPool, type MessageStoreOptions } from './message-store.options.js';
import { MessageSearch } from './read/message-search.js';
import { MessageStatistics } from './read/message-statistics.js';
import { SessionList } from './read/session-list.js';
import { Transcript } from './read/transcript.js';
import { RetentionClock } from './retention/retention-clock.js';
import { openTurnLedger } from './turns/open-turn-ledger.js';
import type { TurnLedger } from './turns/turn-ledger.js';
import type { MessageWriter } from './write/message-writer.js';
import { openMessageWriter } from './write/open-message-writer.js';

/**
 * Everything that can be asked of the history, over a pool each for readers, the writer, turns and export jobs, and one
 * for a replica.
 */
export interface MessageStore {
  readonly writer: MessageWriter;
  readonly sessionList: SessionList;
  readonly transcript: Transcript;
  readonly search: MessageSearch;
  readonly statistics: MessageStatistics;
  readonly exports: MessageExport;
  readonly exportJobs: ExportJobs;
  readonly exportJobRuns: ExportJobRuns;
  readonly exportJobUpkeep: ExportJobUpkeep;
  readonly agents: Agents;
  readonly turnLedger: TurnLedger;
  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  ping(): Promise<void>;
  /** The same of the replica that pages are read from, if there is one. */
  readonly pingReplica?: () => Promise<void>;
  /** Drains the writer, then ends every connection that ends. */
  close(): Promise<void>;
}

/**
 * Ten readers for two cores: with two workers beside each, the slowest searches took all of them from the writer and
 * were no faster.
 */
const oneCoreEach = '-c max_parallel_workers_per_gather=0';

/** Puts the store together. Nothing connects before it is first asked, so this succeeds without a database. */
export function openMessageStore(options: MessageStoreOptions): MessageStore {
  const { databaseUrl: url, applicationName, logger } = options;
  const reader = {
    applicationName: `${applicationName} reader`,
    settings: oneCoreEach,
    logger,
    ...readerPool(options.readerPool),
  };
  const readers = new Database({ url, ...reader });
  const replica =
    options.replicaUrl === undefined
      ? undefined
      : new Database({ url: options.replicaUrl, isReplica: true, ...reader });
  const pages = replica ?? readers;
  const clock = new RetentionClock(options.retentionDays);
  const messages = new MessageStream({ url, applicationName: `${applicationName} export` }, clock);
  const { writer, database: writers } = openMessageWriter(options);
  const exportJobs = openExportJobs(options);
  const turns = openTurnLedger(options, readers, clock);
  return {
    writer,
    sessionList: new SessionList(pages, clock, reader.statementTimeoutMs),
    transcript: new Transcript(pages, clock, reader.statementTimeoutMs),
    search: new MessageSearch(pages, clock, reader.statementTimeoutMs),
    statistics: new MessageStatistics(pages, clock, reader.statementTimeoutMs),
    exports: new MessageExport(messages),
    exportJobs: exportJobs.jobs,
    exportJobRuns: exportJobs.runs,
    exportJobUpkeep: exportJobs.upkeep,
    agents: new Agents(readers),
    turnLedger: turns.turnLedger,
    ping: () => readers.ping(),
    ...(replica && { pingReplica: () => replica.ping() }),
    async close() {
      await writer.drain(writerDrainTimeoutMs);
      await closePools([readers, replica, writers, turns, exportJobs], logger);
    },
  };
}
