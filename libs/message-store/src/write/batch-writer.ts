import type { Message } from '../message.js';
import { utcDay } from '../utc-day.js';
import type { MessageInserter } from './message-inserter.js';
import type { PartitionMaker } from './partition-maker.js';
import type { PendingMessage } from './write-buffer.js';
import { writeFaultOf } from './write-fault.js';

/** Deadlocks are over when one of the two goes again; more than this many in a row are an outage. */
const maxRetriesAtOnce = 10;

/** What became of a batch: every row is in exactly one of the lists. */
export interface BatchOutcome {
  readonly written: PendingMessage[];
  /** Rows that the database can never take, each with its reason. */
  readonly refused: { pending: PendingMessage; error: Error }[];
  /** Rows to be tried again later: the database is away, or something is wrong that no row is guilty of. */
  readonly unwritten: PendingMessage[];
  readonly interruptedBy: Error | undefined;
}

/** Writes a batch; where a row is at fault, halves it until that row stands alone, so that no row fails for another. */
export class BatchWriter {
  readonly #inserter: MessageInserter;
  readonly #partitions: PartitionMaker;

  constructor(inserter: MessageInserter, partitions: PartitionMaker) {
    this.#inserter = inserter;
    this.#partitions = partitions;
  }

  async write(batch: readonly PendingMessage[]): Promise<BatchOutcome> {
    const written: PendingMessage[] = [];
    const refused: BatchOutcome['refused'] = [];
    const groups: (readonly PendingMessage[])[] = [batch];
    for (let group = groups.pop(); group; group = groups.pop()) {
      try {
        await this.#insert(group.map((pending) => pending.message));
        written.push(...group);
      } catch (error) {
        const cause = asError(error);
        if (writeFaultOf(cause) === 'retry-later') {
          return {
            written,
            refused,
            unwritten: [...group, ...groups.reverse().flat()],
            interruptedBy: cause,
          };
        }
        const [first, ...others] = group;
        if (first && others.length === 0) {
          refused.push({ pending: first, error: cause });
        } else {
          const middle = Math.ceil(group.length / 2);
          groups.push(group.slice(middle), group.slice(0, middle));
        }
      }
    }
    return { written, refused, unwritten: [], interruptedBy: undefined };
  }

  /** Inserts with whatever is cured by doing it again at once: two transactions that met, a partition not yet made. */
  async #insert(messages: readonly Message[]): Promise<void> {
    const days = new Set(messages.map((message) => utcDay(message.createdAt)));
    await this.#partitions.ensure(days);
    let remade = false;
    for (let retries = 0; ; retries++) {
      try {
        return await this.#inserter.insert(messages);
      } catch (error) {
        const fault = writeFaultOf(error);
        if (fault === 'retry-at-once' && retries < maxRetriesAtOnce) continue;
        if (fault === 'retry-at-once') throw new Error('transactions keep colliding', { cause: error });
        if (fault !== 'missing-partition-or-row' || remade) throw error;
        // The partition was thought to be there. Look again before a row is blamed.
        this.#partitions.forget();
        await this.#partitions.ensure(days);
        remade = true;
      }
    }
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
