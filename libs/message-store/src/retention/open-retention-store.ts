import { closePools } from '../close-pools.js';
import { Database } from '../database.js';
import { ExpiredQuarters } from '../statistics/expired-quarters.js';
import { QuarterCounting } from '../statistics/quarter-counting.js';
import { TableUpkeep } from './table-upkeep.js';
import { ExclusiveRun } from './exclusive-run.js';
import { ExpiredMessages } from './expired-messages.js';
import { ExpiredPartitions } from './expired-partitions.js';
import { ExpiredRows } from './expired-rows.js';
import { ExpiredTurns } from './expired-turns.js';
import { RetentionRuns } from './retention-runs.js';
import {
  countingPool,
  detachTimeoutMs,
  maintenancePool,
  type RetentionStoreOptions,
} from './retention.options.js';
import { SessionRecount } from './session-recount.js';

/** What a retention worker needs of the store: it deletes and counts, and neither writes messages nor reads them. */
export interface RetentionStore {
  readonly exclusiveRun: ExclusiveRun;
  readonly expiredMessages: ExpiredMessages;
  readonly runs: RetentionRuns;
  /** Has connections of its own, so that no long retention run holds it up. */
  readonly quarterCounting: QuarterCounting;
  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Puts it together. Nothing connects before it is first asked. */
export function openRetentionStore(options: RetentionStoreOptions): RetentionStore {
  const { databaseUrl: url, applicationName, logger } = options;
  const database = new Database({ url, applicationName, logger, ...maintenancePool });
  const counting = new Database({
    url,
    applicationName: `${applicationName} statistics`,
    logger,
    ...countingPool,
  });
  return {
    exclusiveRun: new ExclusiveRun(url, `${applicationName} lock`),
    expiredMessages: new ExpiredMessages(
      new ExpiredPartitions(database, options.detachTimeoutMs ?? detachTimeoutMs),
      new ExpiredRows(database),
      new SessionRecount(database),
      new ExpiredQuarters(database),
      new ExpiredTurns(database),
      new TableUpkeep(database, options.retentionDays),
    ),
    runs: new RetentionRuns(database),
    quarterCounting: new QuarterCounting(counting, options),
    ping: () => database.ping(),
    close: () => closePools([database, counting], logger),
  };
}
