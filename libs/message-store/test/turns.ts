import { createHash, randomUUID } from 'node:crypto';
import { RetentionClock } from '../src/retention/retention-clock.js';
import type { StoreLogger } from '../src/store-logger.js';
import { openTurnLedger } from '../src/turns/open-turn-ledger.js';
import type { TurnLedger } from '../src/turns/turn-ledger.js';
import type { TurnBeginning, TurnRequest } from '../src/turns/turn.js';
import { openDatabase, silent } from './history.js';

/** A ledger as of one process; two of them are two replicas. */
export interface OpenLedger {
  readonly ledger: TurnLedger;
  close(): Promise<void>;
}

/** @param turnTimeoutMs so long that only a database that hangs gets there, if left out. */
export function openLedger(
  databaseUrl: string,
  turnTimeoutMs = 20_000,
  logger: StoreLogger = silent,
): OpenLedger {
  const readers = openDatabase(databaseUrl);
  const options = { databaseUrl, applicationName: 'spec', logger, turnTimeoutMs };
  const { turnLedger: ledger, close } = openTurnLedger(options, readers, new RetentionClock(30));
  return {
    ledger,
    async close() {
      await Promise.all([readers.close(), close()]);
    },
  };
}

export function turn(overrides: Partial<TurnRequest> = {}): TurnRequest {
  return {
    sessionName: 'session',
    turnId: randomUUID(),
    mayContinue: true,
    isFreshName: false,
    contextMessages: 0,
    contextCharacters: 0,
    ...overrides,
  };
}

export function idempotency(key = 'a key of 16 characters', message = 'hello') {
  return { key, requestHash: createHash('sha256').update(message).digest() };
}

/** @throws when the turn did not begin. */
export function begun(beginning: TurnBeginning): Extract<TurnBeginning, { outcome: 'begun' }> {
  if (beginning.outcome !== 'begun') throw new Error(`the turn did not begin: ${beginning.outcome}`);
  return beginning;
}

/** @throws when the database answered. */
export function unknown(beginning: TurnBeginning): Extract<TurnBeginning, { outcome: 'unknown' }> {
  if (beginning.outcome !== 'unknown') throw new Error(`the database answered: ${beginning.outcome}`);
  return beginning;
}
