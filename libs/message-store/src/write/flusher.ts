import { MessageSetAsideError } from '../message-store.errors.js';
import { AttemptPace } from './attempt-pace.js';
import type { BatchWriter } from './batch-writer.js';
import type { DatabaseWatch } from './database-watch.js';
import type { PartitionsAhead } from './partitions-ahead.js';
import type { PendingMessage } from './pending-message.js';
import type { SetAside } from './set-aside.js';
import type { Spool } from './spool/spool.js';
import type { Spooler } from './spooler.js';
import { batchOf, maxBatch, type WriteBuffer } from './write-buffer.js';

export interface FlusherParts {
  readonly buffer: WriteBuffer;
  readonly batches: BatchWriter;
  readonly database: DatabaseWatch;
  readonly spooler: Spooler;
  readonly spool: Spool;
  readonly setAside: SetAside;
  readonly partitionsAhead: PartitionsAhead;
}

/**
 * Takes messages from memory to the database, one batch at a time: what is saved meanwhile is the next. While the
 * database is down it leaves them to the spool, and tries again only when that refuses.
 */
export class Flusher {
  readonly #parts: FlusherParts;
  readonly #pace = new AttemptPace();
  #isRunning = false;
  #committedTotal = 0;
  #lostTotal = 0;

  constructor(parts: FlusherParts) {
    this.#parts = parts;
  }

  get committedTotal(): number {
    return this.#committedTotal;
  }

  /** Messages that the database refused and that could not be set aside. */
  get lostTotal(): number {
    return this.#lostTotal;
  }

  /** To be called when there is something in memory, or another reason to look. */
  wake(): void {
    if (!this.#isRunning) void this.#run();
  }

  /** Ends the wait for the next attempt. */
  hurry(): void {
    this.#pace.hurry();
    this.wake();
  }

  /** Begins no statement any more. */
  stop(): void {
    this.#pace.stop();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What is saved in the same turn of the event loop goes into the same batch.
    await Promise.resolve();
    for (;;) {
      await this.#pace.wait();
      const batch = this.#mayTry() ? this.#next() : [];
      if (batch.length === 0) break;
      await this.#flush(batch);
    }
    this.#isRunning = false;
  }

  #mayTry(): boolean {
    const { database, spooler } = this.#parts;
    return !this.#pace.stopping.aborted && (database.isUp || !spooler.isAccepting);
  }

  /** Those on their way to the spool are left to it, unless it has not taken them in time. */
  #next(): PendingMessage[] {
    const { buffer } = this.#parts;
    return batchOf(chain(buffer.late, notBeingSpooled(buffer.awaited)), maxBatch);
  }

  async #flush(batch: readonly PendingMessage[]): Promise<void> {
    const { batches, database, partitionsAhead } = this.#parts;
    const startedAtMs = performance.now();
    database.flushStartedAtMs = startedAtMs;
    const { written, refused, interruptedBy } = await batches.write(batch, this.#pace.stopping);
    database.flushStartedAtMs = undefined;

    this.#committedTotal += written.length;
    this.#settle(written, (pending) => pending.committed());
    for (const { row, error } of refused) await this.#refuse(row, error);
    if (interruptedBy === undefined) {
      this.#pace.succeeded();
      database.succeeded();
      partitionsAhead.lookAfter();
    } else if (!this.#pace.stopping.aborted) {
      this.#pace.failed(written.length > 0);
      database.failed(interruptedBy, startedAtMs);
    }
  }

  /** What was spooled while it was on its way need not be replayed. */
  #settle(batch: readonly PendingMessage[], settle: (pending: PendingMessage) => void): void {
    const { buffer, spool } = this.#parts;
    spool.forget(batch.filter(({ isSpooled }) => isSpooled).map(({ message }) => message.id));
    for (const pending of batch) {
      buffer.delete(pending);
      settle(pending);
    }
  }

  async #refuse(pending: PendingMessage, error: Error): Promise<void> {
    const { message } = pending;
    const isKept = await this.#parts.setAside.keep(message.id, message, error);
    // Where it is spooled it is met again at its replay.
    if (!isKept && pending.isSpooled) return;
    const reason = new MessageSetAsideError(error.message);
    if (isKept) {
      this.#settle([pending], () => pending.setAside(reason));
    } else {
      this.#lostTotal++;
      this.#parts.buffer.delete(pending);
      pending.lost(reason);
    }
  }
}

function* chain<Item>(...parts: Iterable<Item>[]): Iterable<Item> {
  for (const part of parts) yield* part;
}

function* notBeingSpooled(messages: Iterable<PendingMessage>): Iterable<PendingMessage> {
  for (const pending of messages) if (!pending.isBeingSpooled) yield pending;
}
