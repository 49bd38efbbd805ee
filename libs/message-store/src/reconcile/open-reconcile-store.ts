import { Database } from '../database.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { reconcilePool, type ReconcileStoreOptions } from './reconcile.options.js';
import { Reconciliation } from './reconciliation.js';
import { SessionComparer } from './session-comparison.js';
import { SessionRepair } from './session-repair.js';
import { UnindexedMessages } from './unindexed-messages.js';

/** What a check of the store needs of it. */
export interface ReconcileStore {
  readonly reconciliation: Reconciliation;
  close(): Promise<void>;
}

/** Puts it together. Nothing connects before it is first asked. */
export function openReconcileStore(options: ReconcileStoreOptions): ReconcileStore {
  const { databaseUrl: url, applicationName, logger, retentionDays } = options;
  const database = new Database({ url, applicationName, logger, ...reconcilePool });
  return {
    reconciliation: new Reconciliation(
      new SessionComparer(database),
      new SessionRepair(database),
      new UnindexedMessages(database),
      new RetentionClock(retentionDays),
    ),
    close: () => database.close(),
  };
}
