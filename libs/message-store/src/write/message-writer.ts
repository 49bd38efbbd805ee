import { setTimeout as delay } from 'node:timers/promises';
import type { Message, NewMessage } from '../message.js';
import { BufferFullError, MessageSetAsideError, WriterClosedError } from '../message-store.errors.js';
import type { StoreLogger } from '../store-logger.js';
import { acceptedMessage } from './accepted-message.js';
import type { BatchOutcome, BatchWriter } from './batch-writer.js';
import type { PartitionsAhead } from './partitions-ahead.js';
import { retryDelayMs } from './retry-delay.js';
import type { SetAside } from './set-aside.js';
import { WriteBuffer, type PendingMessage, type WriteBufferBounds } from './write-buffer.js';

/** A statement of this size takes some 100 ms; larger ones gain nothing and block the event loop longer. */
const maxBatch: WriteBufferBounds = { maxMessages: 1_000, maxBytes: 4 * 1_048_576 };

/** Minutes of a busy chatbot during an outage, and no more memory than a small container has to spare. */
const maxBuffer: WriteBufferBounds = { maxMessages: 100_000, maxBytes: 128 * 1_048_576 };

/** What a message takes beside its text and metadata. */
const overheadBytes = 512;

function bytesOf({ content, metadata }: Message): number {
  return (
    Buffer.byteLength(content) + (metadata ? Buffer.byteLength(JSON.stringify(metadata)) : 0) + overheadBytes
  );
}

/** Where a message is safe: in PostgreSQL, or on the local disk until PostgreSQL takes it. */
export type Durability = 'committed' | 'spooled';

export interface SavedMessage {
  /** As it will be kept: id and time are made. */
  readonly message: Message;
  /**
   * Resolves when the message is safe. Rejects with NotDurableError, BufferFullError, WriterClosedError or
   * MessageSetAsideError. May be ignored: an ignored rejection ends no process.
   */
  readonly durable: Promise<Durability>;
}

/** Totals count messages since the process began. */
export interface WriterState {
  /** False from a failed flush to the next one that succeeds. */
  readonly databaseIsUp: boolean;
  readonly bufferedMessages: number;
  readonly bufferedBytes: number;
  readonly acceptedTotal: number;
  readonly committedTotal: number;
  /** Kept in the set-aside file because the database refused the row itself, or did not answer until shutdown ended. */
  readonly setAsideTotal: number;
  /** Kept nowhere. Anything but zero needs a person. */
  readonly lostTotal: number;
  /** Flushes that failed and were tried again. */
  readonly retriesTotal: number;
}

/**
 * Takes messages from memory to PostgreSQL. A chat never waits for it: `save` only appends to a bounded buffer.
 *
 * - Idle: nothing is buffered.
 * - Flushing: one batch is on its way; what arrives meanwhile is the next batch. There is never a second flush.
 * - Waiting: the last flush failed through no fault of its rows; the same batch is tried again after a growing delay.
 * - Draining: as above until the buffer is empty or the time for it is over.
 * - Closed: nothing more is taken.
 *
 * The trade-off: what is buffered and not committed dies with a killed process.
 */
export class MessageWriter {
  readonly #batches: BatchWriter;
  readonly #partitionsAhead: PartitionsAhead;
  readonly #setAside: SetAside;
  readonly #logger: StoreLogger;
  readonly #buffer = new WriteBuffer(maxBuffer);
  readonly #totals = { accepted: 0, committed: 0, setAside: 0, lost: 0, retries: 0 };
  /** Aborted when draining begins, so that a retry that waits goes at once, and again when its time is over. */
  #patience = new AbortController();
  /** Aborted when the time to drain is over: no batch is begun any more. */
  readonly #givingUp = new AbortController();
  #flushing: Promise<void> | undefined;
  #inFlight: PendingMessage[] = [];
  #databaseIsUp = true;
  #bufferWasFull = false;
  #isClosed = false;

  constructor(
    batches: BatchWriter,
    partitionsAhead: PartitionsAhead,
    setAside: SetAside,
    logger: StoreLogger,
  ) {
    this.#batches = batches;
    this.#partitionsAhead = partitionsAhead;
    this.#setAside = setAside;
    this.#logger = logger;
  }

  /**
   * Takes a message: a memory operation, whatever the database does.
   * @throws MessageTooLargeError over 1 MiB of UTF-8; TypeError for metadata that JSON cannot hold, or for an id that is none.
   */
  save(newMessage: NewMessage): SavedMessage {
    const message = acceptedMessage(newMessage);
    const { promise: durable, resolve, reject } = Promise.withResolvers<Durability>();
    durable.catch(() => undefined);
    const bytes = bytesOf(message);
    if (this.#isClosed) {
      this.#lose(reject, new WriterClosedError('the writer is closed'));
    } else if (this.#buffer.add({ message, bytes, resolve, reject })) {
      this.#totals.accepted++;
      this.#bufferWasFull = false;
      this.#flushing ??= this.#flush();
    } else {
      this.#lose(reject, new BufferFullError('the write buffer is full'));
    }
    return { message, durable };
  }

  state(): WriterState {
    const { accepted, committed, setAside, lost, retries } = this.#totals;
    return {
      databaseIsUp: this.#databaseIsUp,
      bufferedMessages: this.#buffer.messages + this.#inFlight.length,
      bufferedBytes: this.#buffer.bytes + this.#inFlight.reduce((sum, { bytes }) => sum + bytes, 0),
      acceptedTotal: accepted,
      committedTotal: committed,
      setAsideTotal: setAside,
      lostTotal: lost,
      retriesTotal: retries,
    };
  }

  /**
   * Writes what is buffered, then closes. What the database has not taken within `timeoutMs`, and one last attempt
   * that may be under way then, is set aside on disk. Resolves when nothing is left in memory.
   */
  async drain(timeoutMs: number): Promise<void> {
    this.#stopWaiting();
    const timer = setTimeout(() => {
      this.#givingUp.abort();
      this.#stopWaiting();
    }, timeoutMs);
    // What arrives while a flush runs starts another when it is over.
    while (this.#flushing) await this.#flushing;
    clearTimeout(timer);
    this.#isClosed = true;
  }

  #stopWaiting(): void {
    this.#patience.abort();
    this.#patience = new AbortController();
  }

  #lose(reject: (reason: Error) => void, reason: Error): void {
    this.#totals.lost++;
    // Once a full period, not once a message: an outage must not become a flood of log lines as well.
    if (!this.#bufferWasFull) this.#logger.error({ reason: reason.message }, 'a message was lost');
    this.#bufferWasFull = true;
    reject(reason);
  }

  async #flush(): Promise<void> {
    // What is accepted in the same turn of the event loop goes into the same batch.
    await Promise.resolve();
    while (this.#buffer.messages > 0) {
      this.#inFlight = this.#buffer.take(maxBatch);
      await this.#writeUntilSettled();
    }
    this.#flushing = undefined;
  }

  async #writeUntilSettled(): Promise<void> {
    for (let attempt = 1; this.#inFlight.length > 0; attempt++) {
      if (this.#givingUp.signal.aborted) {
        const unwritten = this.#inFlight.splice(0);
        await this.#setPendingAside(unwritten, new Error('the service ended before the database answered'));
        return;
      }
      const outcome = await this.#batches.write(this.#inFlight, this.#givingUp.signal);
      await this.#settle(outcome);
      if (outcome.interruptedBy === undefined) {
        this.#noteDatabaseIsUp();
        this.#partitionsAhead.lookAfter();
      } else {
        this.#noteDatabaseIsDown(outcome.interruptedBy);
        if (outcome.written.length > 0) attempt = 1;
        await this.#wait(retryDelayMs(attempt));
      }
    }
  }

  async #settle({ written, refused, unwritten }: BatchOutcome): Promise<void> {
    for (const pending of written) pending.resolve('committed');
    this.#totals.committed += written.length;
    this.#inFlight = unwritten;
    for (const { pending, error } of refused) await this.#setPendingAside([pending], error);
  }

  async #wait(delayMs: number): Promise<void> {
    if (this.#givingUp.signal.aborted) return;
    // Aborted: the wait is over early, which is all that is wanted.
    await delay(delayMs, undefined, { signal: this.#patience.signal }).catch(() => undefined);
  }

  #noteDatabaseIsUp(): void {
    if (!this.#databaseIsUp) this.#logger.info({}, 'the database takes messages again');
    this.#databaseIsUp = true;
  }

  #noteDatabaseIsDown(cause: Error): void {
    this.#totals.retries++;
    if (this.#databaseIsUp) this.#logger.warn({ reason: cause.message }, 'the database takes no messages');
    this.#databaseIsUp = false;
  }

  async #setPendingAside(rows: readonly PendingMessage[], error: Error): Promise<void> {
    const messages = rows.map((pending) => pending.message);
    const ids = messages.map((message) => message.id).slice(0, 20);
    try {
      await this.#setAside.keep(messages, error.message);
      this.#totals.setAside += rows.length;
      this.#logger.error({ count: rows.length, ids, reason: error.message }, 'messages were set aside');
    } catch (diskError) {
      this.#totals.lost += rows.length;
      const reason = diskError instanceof Error ? diskError.message : 'unknown';
      this.#logger.error(
        { count: rows.length, ids, reason },
        'messages were lost: they could not be set aside',
      );
    }
    for (const pending of rows) pending.reject(new MessageSetAsideError(error.message));
  }
}
