import { Database, type Queryable } from '../database.js';
import type { MessageStoreOptions } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { askTimeoutMs, BoundedAsking } from './bounded-asking.js';
import { renewLease, TurnLedger } from './turn-ledger.js';

/** Of its own, so that neither readers nor the writer delay a turn. A turn asks twice, for milliseconds. */
const turnPool = {
  maxConnections: 4,
  acquireTimeoutMs: askTimeoutMs,
  statementTimeoutMs: askTimeoutMs,
  clientTimeoutMs: askTimeoutMs,
};

/** Owner of no lease: the nil UUID. */
const noTurn = '00000000-0000-0000-0000-000000000000';

/** Puts a ledger together with a small pool of its own. Nothing connects before the first turn. */
export function openTurnLedger(
  options: MessageStoreOptions,
  readers: Database,
  clock: RetentionClock,
): { turnLedger: TurnLedger; close: () => Promise<void> } {
  const { databaseUrl: url, applicationName, logger } = options;
  const database = new Database({ url, applicationName: `${applicationName} turns`, logger, ...turnPool });
  const probe = (turns: Queryable) => turns.query(renewLease, ['', noTurn]);
  const asking = new BoundedAsking(database, probe, logger);
  return { turnLedger: new TurnLedger(asking, readers, clock), close: () => asking.close() };
}
