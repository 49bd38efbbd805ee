import { setTimeout as delay } from 'node:timers/promises';
import type { Message, NewMessage } from '../message.js';
import { BufferFullError, WriterClosedError } from '../message-store.errors.js';
import type { StoreLogger } from '../store-logger.js';
import { acceptedMessage } from './accepted-message.js';
import type { DatabaseWatch } from './database-watch.js';
import type { Flusher } from './flusher.js';
import { PendingMessage, type Durability } from './pending-message.js';
import { RepeatedFault } from './repeated-fault.js';
import type { Replayer } from './replayer.js';
import type { SetAside } from './set-aside.js';
import type { Spool } from './spool/spool.js';
import type { Spooler } from './spooler.js';
import { within } from './within.js';
import type { WriteBuffer } from './write-buffer.js';
import type { WriterState } from './writer-state.js';

/** At the end: how long the spool may take for all that is in memory, and how long to close its file. */
const finishTimeoutMs = 3_000;
const closeTimeoutMs = 1_000;

/** Draining, a statement that is under way for longer belongs to a database that hangs. */
const drainPatienceMs = 1_000;

const drainIntervalMs = 20;

export interface SavedMessage {
  /** As it will be kept: id and time are made. */
  readonly message: Message;
  /**
   * Resolves when the message is safe. Rejects with NotDurableError when it is not in time, though it goes on being
   * tried; with MessageSetAsideError, BufferFullError or WriterClosedError when it will not be stored. May be ignored:
   * an ignored rejection ends no process.
   */
  readonly durable: Promise<Durability>;
}

export interface WriterParts {
  readonly buffer: WriteBuffer;
  readonly flusher: Flusher;
  readonly spooler: Spooler;
  readonly spool: Spool;
  readonly replayer: Replayer;
  readonly database: DatabaseWatch;
  readonly setAside: SetAside;
  readonly logger: StoreLogger;
}

/**
 * Keeps messages: `save` only puts them into a bounded buffer, so that a chat never waits for it. From there each is
 * written to the database (Flusher); or, when the database does not take it in time, to the local disk (Spooler), and
 * from the disk to the database when that is back (Replayer). A message is in memory until one of the two has it.
 */
export class MessageWriter {
  readonly #parts: WriterParts;
  readonly #losses: RepeatedFault;
  #acceptedTotal = 0;
  #lostTotal = 0;
  #isClosed = false;

  constructor(parts: WriterParts) {
    const { database, flusher, spooler, replayer } = parts;
    this.#parts = parts;
    this.#losses = new RepeatedFault(parts.logger, 'messages were lost');
    database.onChange(() => {
      spooler.look();
      if (!database.isUp) return;
      flusher.hurry();
      replayer.hurry();
    });
    spooler.onChange(() => {
      flusher.wake();
      replayer.wake();
    });
  }

  /**
   * Opens the spool and begins to replay what an earlier process left in it. A service calls it when it starts; else
   * the first message does.
   */
  start(): void {
    this.#parts.spool.start(() => this.#parts.replayer.wake());
  }

  /**
   * Takes a message: a memory operation, whatever the database does.
   * @throws MessageTooLargeError over 1 MiB of UTF-8; TypeError for metadata that JSON cannot hold, or for an id that
   * is none.
   */
  save(newMessage: NewMessage): SavedMessage {
    const pending = new PendingMessage(acceptedMessage(newMessage));
    const { message, durable } = pending;
    if (this.#isClosed) {
      this.#lose(pending, new WriterClosedError('the writer is closed'));
    } else if (this.#parts.buffer.add(pending)) {
      this.#acceptedTotal++;
      this.start();
      this.#parts.spooler.look();
      this.#parts.flusher.wake();
    } else {
      this.#lose(pending, new BufferFullError('the write buffer is full'));
    }
    return { message, durable };
  }

  state(): WriterState {
    const { buffer, database, flusher, replayer, setAside, spool, spooler } = this.#parts;
    const { isOpen, messages, bytes } = spool.figures;
    return {
      databaseIsUp: database.isUp,
      spoolIsUsable: isOpen && spooler.isAccepting,
      bufferedMessages: buffer.messages,
      bufferedBytes: buffer.bytes,
      spooledMessages: messages,
      spoolBytes: bytes,
      acceptedTotal: this.#acceptedTotal,
      committedTotal: flusher.committedTotal,
      spooledTotal: spooler.spooledTotal,
      replayedTotal: replayer.replayedTotal,
      expiredTotal: replayer.expiredTotal,
      setAsideTotal: setAside.total,
      undurableTotal: spooler.undurableTotal,
      lostTotal: this.#lostTotal + flusher.lostTotal,
      retriesTotal: database.failures,
      unreadableSpoolsTotal: spool.unreadableTotal,
    };
  }

  /**
   * Writes what is in memory, and what is spooled as long as the database takes it; at most for `timeoutMs`. A database
   * that is away is tried once more. Then takes nothing more, and what is left goes to the spool, at most 4 s. A
   * statement that hangs is not waited for.
   */
  async drain(timeoutMs: number): Promise<void> {
    const { database, flusher, replayer, spooler, spool } = this.#parts;
    const untilMs = performance.now() + timeoutMs;
    database.hope();
    flusher.hurry();
    replayer.hurry();
    while (performance.now() < untilMs && !this.#isDrained()) await delay(drainIntervalMs);
    this.#isClosed = true;
    flusher.stop();
    replayer.stop();
    await spooler.finish(finishTimeoutMs);
    this.#loseAll();
    // A disk that hangs is not waited for.
    await within(closeTimeoutMs, spool.close()).catch(() => undefined);
  }

  #isDrained(): boolean {
    const { buffer, database, flusher, replayer, spool } = this.#parts;
    if (buffer.messages > 0) return false;
    const oldestMs = Math.min(flusher.startedAtMs ?? Infinity, replayer.startedAtMs ?? Infinity);
    const hangs = performance.now() - oldestMs > drainPatienceMs;
    return spool.figures.messages === 0 || !database.isUp || hangs;
  }

  /** All in one line of the log: after it there is no metric any more. */
  #loseAll(): void {
    const { buffer, logger } = this.#parts;
    const left = [...buffer];
    if (left.length === 0) return;
    for (const pending of left) {
      buffer.delete(pending);
      pending.lost(new WriterClosedError('the service ended before the message was stored'));
    }
    this.#lostTotal += left.length;
    logger.error({ count: left.length }, 'messages were lost: the service ended before they were stored');
  }

  #lose(pending: PendingMessage, reason: Error): void {
    this.#lostTotal++;
    this.#losses.happened(reason.message);
    pending.lost(reason);
  }
}
