import { Database, type Queryable } from '../database.js';
import type { MessageStoreOptions } from '../message-store.options.js';
import type { RetentionClock } from '../retention/retention-clock.js';
import { BoundedAsking } from './bounded-asking.js';
import { renewLease, TurnLedger } from './turn-ledger.js';

/** Of the ledger's own, so that neither readers nor the writer delay a turn, which asks twice, for milliseconds. */
const maxConnections = 4;

/**
 * A new connection takes most of what a turn may wait (16 to 90 ms were measured), so a chat with a turn a minute keeps
 * its own; below the 350 s after which networks of clouds forget connections.
 */
const idleTimeoutMs = 300_000;

const defaultTimeoutMs = 150;

/** Owner of no lease: the nil UUID. */
const noTurn = '00000000-0000-0000-0000-000000000000';

/** Puts a ledger together with a small pool of its own. Nothing connects before the first turn. */
export function openTurnLedger(
  options: Pick<MessageStoreOptions, 'databaseUrl' | 'applicationName' | 'logger' | 'turnTimeoutMs'>,
  readers: Database,
  clock: RetentionClock,
): { turnLedger: TurnLedger; close: () => Promise<void> } {
  const { databaseUrl: url, applicationName, logger, turnTimeoutMs = defaultTimeoutMs } = options;
  const database = new Database({
    url,
    applicationName: `${applicationName} turns`,
    logger,
    maxConnections,
    idleTimeoutMs,
    statementTimeoutMs: turnTimeoutMs,
    // Nobody waits for these: they let go of what a server that hangs holds.
    acquireTimeoutMs: 2 * turnTimeoutMs,
    clientTimeoutMs: 2 * turnTimeoutMs,
  });
  const probe = (turns: Queryable) => turns.query(renewLease, ['', noTurn]);
  const asking = new BoundedAsking(database, probe, turnTimeoutMs, logger);
  return { turnLedger: new TurnLedger(asking, readers, clock), close: () => asking.close() };
}
