import { createHash, randomUUID } from 'node:crypto';
import type { Database } from '../src/database.js';
import { RetentionClock } from '../src/retention/retention-clock.js';
import type { StoreLogger } from '../src/store-logger.js';
import { createTestDatabase, type TestDatabase } from '../src/testing.js';
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

/** A database of its own, and two replicas that ask it whose turn it is. */
export interface TwoReplicas {
  readonly database: TestDatabase;
  /** A pool like a writer's. */
  readonly writer: Database;
  readonly ledger: TurnLedger;
  readonly other: TurnLedger;
  drop(): Promise<void>;
}

export async function createTwoReplicas(): Promise<TwoReplicas> {
  const database = await createTestDatabase();
  const writer = openDatabase(database.url);
  const [one, another] = [openLedger(database.url), openLedger(database.url)];
  return {
    database,
    writer,
    ledger: one.ledger,
    other: another.ledger,
    async drop() {
      await Promise.all([one.close(), another.close(), writer.close()]);
      await database.drop();
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
