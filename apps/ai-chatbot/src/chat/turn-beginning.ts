import { setTimeout as delay } from 'node:timers/promises';
import type { RepeatedTurn, TurnBeginning, TurnLedger, TurnRequest } from '@chat-history/message-store';
import { ReplyBeingStoredError, SessionBusyError } from './chat.errors.js';
import type { EndedTurn } from './turn-memory.js';

/** Between two questions whether another process's turn has ended. */
const firstPauseMs = 25;
const maxPauseMs = 250;
/** After this the ledger takes a turn for dead that was heard of no more. */
const leaseMs = 15_000;

export interface Patience {
  /** In the time of `performance.now()`. */
  readonly until: number;
  /** Ends it early; its reason is an Error. */
  readonly closing: AbortSignal;
}

/**
 * Asks the ledger until the session is free. A session that was said to be busy stays so, without an answer too, as long
 * as its lease may last: a repeat that went on then would be a second turn beside the one that it repeats.
 * @throws SessionBusyError when the patience is over; the reason of `closing`.
 */
export async function beginTurn(
  ledger: Pick<TurnLedger, 'begin' | 'state'>,
  request: TurnRequest,
  { until, closing }: Patience,
): Promise<Exclude<TurnBeginning, { outcome: 'busy' }>> {
  let busyUntil = -Infinity;
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
    closing.throwIfAborted();
    const mayBeBusy = performance.now() < busyUntil;
    if (!mayBeBusy || ledger.state().isAnswering) {
      const beginning = await ledger.begin(request);
      if (beginning.outcome === 'busy') busyUntil = performance.now() + leaseMs;
      else if (beginning.outcome !== 'unknown' || !mayBeBusy) return beginning;
    }
    if (performance.now() + pauseMs > until)
      throw new SessionBusyError('a turn of the session runs elsewhere');
    // Aborted: the wait is over early, and the loop says why.
    await delay(pauseMs, undefined, { signal: closing }).catch(() => undefined);
  }
}

/** The turn that was taken before. @throws ReplyBeingStoredError */
export function repeatedTurn(sessionName: string, repeated: RepeatedTurn): EndedTurn {
  const { questionId, beganSession: beginsSession, reply } = repeated;
  if (reply === null) throw new ReplyBeingStoredError('the reply is not in the database yet');
  return { sessionName, beginsSession, questionId, reply };
}
