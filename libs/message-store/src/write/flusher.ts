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

/** A commit takes some 2 ms. One that takes longer waits for a disk or a lock, or tidies the index (measured: 10 to 40 ms). */
const slowFlushMs = 5;

/** A second one while the first is slow; more would only share its cores. */
const maxFlushes = 2;

/** How many messages a look for the next batch passes by: those that are under way, and of their sessions. */
const maxPassedBy = 2 * maxBatch.maxMessages;

interface Flush {
  readonly sessions: ReadonlySet<string>;
  readonly startedAtMs: number;
  isSlow: boolean;
}

/**
 * Takes messages from memory to the database, one batch at a time: what is saved meanwhile is the next. While that one
 * is slow a second goes beside it, so that one commit that waits is not a wait for all; a session's messages are in one
 * of them at a time, which keeps their order. While the database is down it leaves them to the spool, and tries again
 * only when that refuses.
 */
export class Flusher {
  readonly #parts: FlusherParts;
  readonly #pace = new AttemptPace();
  readonly #flushes = new Set<Flush>();
  #loops = 0;
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

  /** Of the oldest flush that is under way, by `performance.now()`. */
  get startedAtMs(): number | undefined {
    const [oldest] = this.#flushes;
    return oldest?.startedAtMs;
  }

  /** To be called when there is something in memory, or another reason to look. */
  wake(): void {
    if (this.#loops < this.#allowedLoops()) void this.#run();
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
    this.#loops++;
    // What is saved in the same turn of the event loop goes into the same batch.
    await Promise.resolve();
    for (;;) {
      await this.#pace.wait();
      const batch = this.#mayTry() ? this.#next() : [];
      if (batch.length === 0) break;
      await this.#flush(batch);
      if (this.#loops > this.#allowedLoops()) break;
    }
    this.#loops--;
  }

  #allowedLoops(): number {
    const [oldest] = this.#flushes;
    return oldest?.isSlow ? maxFlushes : 1;
  }

  #mayTry(): boolean {
    const { database, spooler } = this.#parts;
    return !this.#pace.stopping.aborted && (database.isUp || !spooler.isAccepting);
  }

  /** Those on their way to the spool are left to it, unless it has not taken them in time. */
  #next(): PendingMessage[] {
    const { buffer } = this.#parts;
    return batchOf(this.#free(chain(buffer.late, notBeingSpooled(buffer.awaited))), maxBatch);
  }

  *#free(messages: Iterable<PendingMessage>): Iterable<PendingMessage> {
    const flushes = [...this.#flushes];
    let passedBy = 0;
    for (const pending of messages) {
      if (!flushes.some(({ sessions }) => sessions.has(pending.message.sessionName))) yield pending;
      else if (++passedBy === maxPassedBy) return;
    }
  }

  async #flush(batch: readonly PendingMessage[]): Promise<void> {
    const { batches, database, partitionsAhead } = this.#parts;
    const sessions = new Set(batch.map(({ message }) => message.sessionName));
    const flush: Flush = { sessions, startedAtMs: performance.now(), isSlow: false };
    // By the timer's word and not by the clock: it rings up to 1 ms early, and only once.
    const slow = setTimeout(() => {
      flush.isSlow = true;
      this.wake();
    }, slowFlushMs);
    this.#flushes.add(flush);
    this.#tellStall();
    const { written, refused, interruptedBy } = await batches.write(batch, this.#pace.stopping);
    clearTimeout(slow);
    this.#committedTotal += written.length;
    this.#settle(written, (pending) => pending.committed());
    // Under way until then, or another would try them once more meanwhile.
    for (const { row, error } of refused) await this.#refuse(row, error);
    this.#flushes.delete(flush);
    this.#tellStall();
    if (interruptedBy === undefined) {
      this.#pace.succeeded();
      database.succeeded();
      partitionsAhead.lookAfter();
    } else if (!this.#pace.stopping.aborted) {
      this.#pace.failed(written.length > 0);
      database.failed(interruptedBy, flush.startedAtMs);
    }
  }

  /** What is saved while no flush can be begun cannot be on its way before the last of them ends. */
  #tellStall(): void {
    const last = [...this.#flushes].at(-1);
    const isFull = this.#flushes.size === maxFlushes;
    this.#parts.database.noFlushSinceMs = isFull ? last?.startedAtMs : undefined;
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
