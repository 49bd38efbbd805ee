import { sqlStateOf } from '../database.js';
import { ReadTimeoutError } from '../message-store.errors.js';

/**
 * Why a step has to wait for a later run, or undefined when the error is a fault. A statement that ran out of its
 * time (57014), a lock that was not to be had (55P03) and a deadlock (40P01) are all somebody else's transaction.
 */
export function reasonToPostpone(error: unknown): string | undefined {
  if (error instanceof ReadTimeoutError) return 'transactions that began earlier are still open';
  const state = sqlStateOf(error);
  return state === '55P03' || state === '40P01' ? 'it is in use' : undefined;
}
