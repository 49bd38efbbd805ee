import { Database } from '../database.js';
import type { MessageStoreOptions } from '../message-store.options.js';
import { ExportJobRuns } from './export-job-runs.js';
import { ExportJobUpkeep } from './export-job-upkeep.js';
import { ExportJobs } from './export-jobs.js';

/** Of their own: readers who fill their pool must not keep a run from hearing that it is cancelled. */
const maxConnections = 4;
const acquireTimeoutMs = 1_000;
const statementTimeoutMs = 3_000;
const clientTimeoutMs = 3_500;

/** Export jobs, and the small pool that they share. Nothing connects before it is first asked. */
export interface OpenExportJobs {
  readonly jobs: ExportJobs;
  readonly runs: ExportJobRuns;
  readonly upkeep: ExportJobUpkeep;
  close(): Promise<void>;
}

export function openExportJobs({
  databaseUrl: url,
  applicationName,
  logger,
}: Pick<MessageStoreOptions, 'databaseUrl' | 'applicationName' | 'logger'>): OpenExportJobs {
  const database = new Database({
    url,
    applicationName: `${applicationName} export jobs`,
    logger,
    maxConnections,
    acquireTimeoutMs,
    statementTimeoutMs,
    clientTimeoutMs,
  });
  return {
    jobs: new ExportJobs(database),
    runs: new ExportJobRuns(database),
    upkeep: new ExportJobUpkeep(database),
    close: () => database.close(),
  };
}
