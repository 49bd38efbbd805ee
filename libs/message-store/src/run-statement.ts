import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient, QueryConfig } from 'pg';
import { cancelStatement } from './cancel-statement.js';
import { ReadCancelledError, ReadTimeoutError } from './message-store.errors.js';
import { sqlStateOf } from './store-fault.js';

/**
 * A statement that each connection parses and plans once, not at every call: worth it for what is run all the time,
 * and only where the plan does not depend on the parameters.
 */
export interface PreparedStatement {
  /** Of this text alone. */
  readonly name: string;
  readonly text: string;
}

/** A cancellation that has no effect for so long meets a server that hangs; then the connection is given up. */
const cancelTimeoutMs = 500;
const cancelAgainMs = 20;

/**
 * Runs a statement on a connection. When the signal is aborted meanwhile, it is cancelled in PostgreSQL; this rejects
 * when the statement ended and no request to cancel is under way any more, so that none meets the statement after it.
 * A connection that could not be brought that far has been closed.
 * @throws ReadCancelledError ReadTimeoutError (for a signal of a timeout) and whatever node-postgres throws.
 */
export async function runStatement<Row extends object>(
  connection: PoolClient,
  sql: string | PreparedStatement,
  parameters: readonly unknown[],
  signal?: AbortSignal,
): Promise<Row[]> {
  const statement: QueryConfig = typeof sql === 'string' ? { text: sql } : sql;
  const query = () => connection.query<Row>({ ...statement, values: [...parameters] });
  if (signal === undefined) return (await query()).rows;
  if (signal.aborted) throw abortedError(signal);

  const running = query();
  let cancelling: Promise<void> | undefined;
  const cancel = () => {
    cancelling = cancelUntilEnded(connection, running);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const { rows } = await running;
    if (cancelling === undefined) return rows;
  } catch (error) {
    if (cancelling === undefined) throw error;
    if (sqlStateOf(error) !== queryCanceled) close(connection);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  await cancelling;
  throw abortedError(signal);
}

const queryCanceled = '57014';

/** More than once: a request that overtakes its statement finds nothing to cancel. Never rejects. */
async function cancelUntilEnded(connection: PoolClient, running: Promise<unknown>): Promise<void> {
  let isRunning = true;
  const noteEnd = () => {
    isRunning = false;
  };
  const ended = running.then(noteEnd, noteEnd);
  const giveUp = AbortSignal.timeout(cancelTimeoutMs);
  try {
    while (isRunning) {
      await cancelStatement(connection, giveUp);
      await Promise.race([ended, delay(cancelAgainMs, undefined, { signal: giveUp })]);
    }
  } catch {
    close(connection);
  }
}

/** At once; the pool throws away a connection that was closed. */
function close(connection: PoolClient): void {
  connection.end().catch(() => undefined);
}

/** What it means to a reader that its signal was aborted. */
function abortedError(signal: AbortSignal): Error {
  const { reason } = signal as { reason: unknown };
  const isTimeout = (reason as Error | undefined)?.name === 'TimeoutError';
  return isTimeout
    ? new ReadTimeoutError('reading took longer than it may', { cause: reason })
    : new ReadCancelledError('nobody waits for the answer any more', { cause: reason });
}

/** As the promise, but rejects as soon as the signal is aborted. */
export async function unlessAborted<Result>(signal: AbortSignal, promise: Promise<Result>): Promise<Result> {
  if (signal.aborted) throw abortedError(signal);
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => {
      reject(abortedError(signal));
    };
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
