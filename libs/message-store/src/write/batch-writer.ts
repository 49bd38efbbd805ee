import type { Message } from '../message.js';
import { StoreUnavailableError } from '../message-store.errors.js';
import { utcDay } from '../utc-day.js';
import type { MessageInserter } from './message-inserter.js';
import type { PartitionMaker } from './partition-maker.js';
import { writeFaultOf } from './write-fault.js';

/** Deadlocks are over when one of the two goes again; more than this many in a row are an outage. */
const maxRetriesAtOnce = 10;

/** Something that carries a message to be written. */
interface BatchRow {
  readonly message: Message;
}

/** A row that the database can never take, with its reason. */
export interface RefusedRow<Row> {
  readonly row: Row;
  readonly error: Error;
}

/** What became of a batch. A row in neither list is to be tried again later. */
export interface BatchOutcome<Row> {
  readonly written: readonly Row[];
  readonly refused: readonly RefusedRow<Row>[];
  /** The database is away, or something is wrong that no row is guilty of. */
  readonly interruptedBy: Error | undefined;
  /** The rows that were tried then, in one statement. */
  readonly interruptedAt: readonly Row[];
}

/**
 * Writes a batch. Where a row is at fault it is halved until that row stands alone, so that no row fails for another;
 * where a statement took too long, or failed by no row's fault, fewer rows go into the next one, so that texts that are
 * slow to index, or what else troubles some rows alone, does not hold up others for good.
 */
export class BatchWriter {
  readonly #inserter: MessageInserter;
  readonly #partitions: PartitionMaker;
  /** Rows a statement: the whole batch, until one fails while the database is there; then half, and twice of what goes well again. */
  #maxRows = Infinity;

  constructor(inserter: MessageInserter, partitions: PartitionMaker) {
    this.#inserter = inserter;
    this.#partitions = partitions;
  }

  /** @param stop ends the write before its next statement; then it is interrupted by that. */
  async write<Row extends BatchRow>(batch: readonly Row[], stop: AbortSignal): Promise<BatchOutcome<Row>> {
    const written: Row[] = [];
    const refused: RefusedRow<Row>[] = [];
    const groups = groupsOf(batch, this.#maxRows);
    for (let group = groups.pop(); group; group = groups.pop()) {
      try {
        stop.throwIfAborted();
        await this.#insert(group.map((row) => row.message));
        written.push(...group);
        this.#maxRows = Math.max(this.#maxRows, 2 * group.length);
      } catch (error) {
        const cause = asError(error);
        if (writeFaultOf(cause) === 'retry-later') {
          if (!(cause instanceof StoreUnavailableError)) this.#maxRows = Math.ceil(group.length / 2);
          return { written, refused, interruptedBy: cause, interruptedAt: group };
        }
        const [first, ...others] = group;
        if (first && others.length === 0) {
          refused.push({ row: first, error: cause });
        } else {
          const middle = Math.ceil(group.length / 2);
          groups.push(group.slice(middle), group.slice(0, middle));
        }
      }
    }
    return { written, refused, interruptedBy: undefined, interruptedAt: [] };
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

/** The first of them last, to be taken from the end. */
function groupsOf<Row>(batch: readonly Row[], maxRows: number): (readonly Row[])[] {
  const groups: (readonly Row[])[] = [];
  for (let at = 0; at < batch.length; at += maxRows) groups.unshift(batch.slice(at, at + maxRows));
  return groups;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
