import { types } from 'node:util';
import { ReadCancelledError, ReadTimeoutError, StoreUnavailableError } from './message-store.errors.js';

/** The five characters of an SQLSTATE, or undefined when PostgreSQL did not say the error. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object)
    ? code
    : undefined;
}

/**
 * Connection failures (class 08), shutdown (57P0x), too many connections (53300), a read-only standby (25006) and
 * everything that has no SQLSTATE (sockets, timeouts of ours) mean: PostgreSQL is not there for us now.
 * See the PostgreSQL manual, appendix A, "PostgreSQL Error Codes".
 */
export function asStoreError(error: unknown): unknown {
  // Not `instanceof`: under Jest the errors of Node's own modules come from another realm.
  if (!types.isNativeError(error) || isOurs(error)) return error;
  const state = sqlStateOf(error);
  if (state === '57014')
    return new ReadTimeoutError('the database cancelled the statement', { cause: error });
  if (state === undefined ? isConnectionFault(error) : /^(08|57P0|53300|25006|3D000|28)/.test(state)) {
    return new StoreUnavailableError('the database does not answer', { cause: error });
  }
  return error;
}

/**
 * A replica cancels what holds up the changes that it has to follow (PostgreSQL manual, "Handling Query Conflicts"):
 * not the statement's fault, and of nobody who only reads otherwise.
 */
export function asReplicaError(error: unknown): unknown {
  return /^(40001|40P01)$/.test(sqlStateOf(error) ?? '')
    ? new StoreUnavailableError('the replica had to go on', { cause: error })
    : asStoreError(error);
}

/** Whether the database was away or too slow, so that another moment may cure it. */
export function isOutage(error: unknown): boolean {
  return error instanceof StoreUnavailableError || error instanceof ReadTimeoutError;
}

function isOurs(error: Error): boolean {
  return isOutage(error) || error instanceof ReadCancelledError;
}

/** node-postgres reports its own timeouts and lost sockets as plain errors; system errors carry `syscall`. */
function isConnectionFault(error: Error): boolean {
  return (
    'syscall' in error ||
    error instanceof AggregateError ||
    /timeout|terminat|not queryable|closed|Connection|ended|pool/i.test(error.message)
  );
}
