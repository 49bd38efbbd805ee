import { sqlStateOf } from '../database.js';

/**
 * Why a batch was not written, by what helps:
 * - `retry-at-once`: two transactions met (deadlock 40P01, serialization 40001); one of them goes again.
 * - `row`: a row of the batch can never be written. Only these states are a row's own fault: data exceptions
 *   (class 22), a null where none may be (23502), a failed check (23514), program limits (class 54).
 * - `missing-partition-or-row`: 23514 is also what PostgreSQL says when a row's day has no partition.
 * - `retry-later`: everything else, from a database that is away to a full disk: nothing is wrong with the rows.
 */
export type WriteFault = 'retry-at-once' | 'row' | 'missing-partition-or-row' | 'retry-later';

export function writeFaultOf(error: unknown): WriteFault {
  const state = sqlStateOf(error);
  if (state === undefined) return 'retry-later';
  if (state === '40P01' || state === '40001') return 'retry-at-once';
  if (state === '23514') return 'missing-partition-or-row';
  return state === '23502' || /^(22|54)/.test(state) ? 'row' : 'retry-later';
}
