import { NotDurableError } from '../message-store.errors.js';
import { reasonOf } from '../reason-of.js';
import type { StoreLogger } from '../store-logger.js';
import type { DatabaseWatch } from './database-watch.js';
import type { PendingMessage } from './pending-message.js';
import { RepeatedFault } from './repeated-fault.js';
import type { Spool } from './spool/spool.js';
import { batchOf, maxBatch, type WriteBuffer } from './write-buffer.js';

/** For how long the spool may be at it before a message counts as not safe. */
const spoolTimeoutMs = 1_000;

/** How long after the spool refused it is tried again. */
const retryIntervalMs = 1_000;

export interface SpoolerParts {
  readonly buffer: WriteBuffer;
  readonly spool: Pick<Spool, 'append' | 'forget'>;
  readonly database: DatabaseWatch;
  readonly commitTimeoutMs: number;
  readonly logger: StoreLogger;
}

/**
 * Takes messages from memory to the spool when the database has not confirmed them in time: at once while it is down or
 * stalled, or while too many wait. One append is under way; the next takes all that waits. Where the spool does not take
 * them either, their savers are told so, and they stay in memory.
 */
export class Spooler {
  readonly #parts: SpoolerParts;
  readonly #undurable: RepeatedFault;
  readonly #refusals: RepeatedFault;
  #onChange: () => void = () => undefined;
  #appending: Promise<void> | undefined;
  /** Why the spool did not take what it was last given. */
  #refusal: string | undefined;
  #retryAtMs = -Infinity;
  #alarm: NodeJS.Timeout | undefined;
  #alarmAtMs = Infinity;
  #isFinishing = false;
  #spooledTotal = 0;
  #undurableTotal = 0;

  constructor(parts: SpoolerParts) {
    this.#parts = parts;
    this.#undurable = new RepeatedFault(parts.logger, 'messages are not safe: only this process has them');
    this.#refusals = new RepeatedFault(parts.logger, 'the spool takes no messages');
  }

  get isAccepting(): boolean {
    return this.#refusal === undefined;
  }

  get spooledTotal(): number {
    return this.#spooledTotal;
  }

  /** Messages whose savers were told that they are not safe. */
  get undurableTotal(): number {
    return this.#undurableTotal;
  }

  /** Calls it whenever the spool took messages, or refused them. */
  onChange(listener: () => void): void {
    this.#onChange = listener;
  }

  /** Does what is due now, and sees to it that what is due later is done then. To be called when anything changes. */
  look(): void {
    const nowMs = performance.now();
    if (!this.isAccepting) this.#giveUpOnLate(nowMs);
    if (!this.#appending && nowMs >= this.#nextAppendAtMs()) this.#appending = this.#append();
    this.#setAlarm(Math.min(this.#nextAppendAtMs(), this.#nextLateAtMs()));
  }

  /** Before the end: takes all there is, as long as the spool takes it, at most so long. */
  async finish(timeoutMs: number): Promise<void> {
    const untilMs = performance.now() + timeoutMs;
    this.#isFinishing = true;
    this.#retryAtMs = -Infinity;
    while (this.#parts.buffer.messages > 0 && this.#retryAtMs < 0 && performance.now() < untilMs) {
      this.look();
      const hang = new Promise((resolve) => setTimeout(resolve, untilMs - performance.now()).unref());
      await Promise.race([this.#appending, hang]);
    }
    clearTimeout(this.#alarm);
    this.#alarmAtMs = -Infinity;
  }

  #dueAtMs(pending: PendingMessage): number {
    const { database, buffer, commitTimeoutMs } = this.#parts;
    if (this.#isFinishing || !database.isUp || buffer.isHalfFull) return -Infinity;
    return Math.min(pending.savedAtMs, database.noFlushSinceMs ?? Infinity) + commitTimeoutMs;
  }

  #nextAppendAtMs(): number {
    if (this.#appending) return Infinity;
    const [late] = this.#parts.buffer.late;
    const [awaited] = this.#parts.buffer.awaited;
    if (late) return this.#retryAtMs;
    if (awaited) return Math.max(this.#dueAtMs(awaited), this.#retryAtMs);
    // With nothing to give it: only to know whether it would take something.
    return this.isAccepting ? Infinity : this.#retryAtMs;
  }

  /** A spool that refuses is not waited for while the database is down as well. */
  #lateAtMs(pending: PendingMessage): number {
    const { database, commitTimeoutMs } = this.#parts;
    return database.isUp ? pending.savedAtMs + commitTimeoutMs + spoolTimeoutMs : -Infinity;
  }

  #nextLateAtMs(): number {
    const [awaited] = this.#parts.buffer.awaited;
    return awaited && !this.isAccepting ? this.#lateAtMs(awaited) : Infinity;
  }

  #giveUpOnLate(nowMs: number): void {
    const { buffer } = this.#parts;
    for (const pending of buffer.awaited) {
      if (this.#lateAtMs(pending) > nowMs) return;
      buffer.markLate(pending);
      pending.late(new NotDurableError('neither the database nor the spool took the message in time'));
      this.#undurableTotal++;
      this.#undurable.happened(this.#refusal ?? 'unknown');
    }
  }

  async #append(): Promise<void> {
    // What is saved in the same turn of the event loop goes along.
    await Promise.resolve();
    const batch = batchOf(this.#due(performance.now()), maxBatch);
    if (batch.length === 0 && this.isAccepting) {
      this.#appending = undefined;
      return;
    }
    for (const pending of batch) pending.isBeingSpooled = true;
    const hangs = setTimeout(() => this.#refuse(`no answer within ${spoolTimeoutMs} ms`), spoolTimeoutMs);
    const { kept, reason } = await this.#tryAppend(batch);
    clearTimeout(hangs);
    for (const pending of batch) pending.isBeingSpooled = false;
    this.#settle(batch.slice(0, kept));
    this.#appending = undefined;
    if (reason === undefined) this.#accept();
    else this.#refuse(reason);
  }

  *#due(nowMs: number): Iterable<PendingMessage> {
    const { buffer } = this.#parts;
    yield* buffer.late;
    for (const pending of buffer.awaited) {
      if (this.#dueAtMs(pending) > nowMs) return;
      yield pending;
    }
  }

  async #tryAppend(batch: readonly PendingMessage[]): Promise<{ kept: number; reason?: string }> {
    try {
      const kept = await this.#parts.spool.append(batch);
      return kept < batch.length ? { kept, reason: 'it is full' } : { kept };
    } catch (error) {
      return { kept: 0, reason: reasonOf(error) };
    }
  }

  #settle(kept: readonly PendingMessage[]): void {
    const { buffer, spool } = this.#parts;
    this.#spooledTotal += kept.length;
    // The database was faster after all. What was given up meanwhile stays: it may be stored when it is replayed.
    spool.forget(kept.filter(({ isStored }) => isStored).map(({ message }) => message.id));
    for (const pending of kept) {
      if (pending.isSettled) continue;
      buffer.delete(pending);
      pending.spooled();
    }
  }

  #accept(): void {
    if (!this.isAccepting) this.#parts.logger.info({}, 'the spool takes messages again');
    this.#refusal = undefined;
    this.#retryAtMs = -Infinity;
    this.look();
    this.#onChange();
  }

  #refuse(reason: string): void {
    this.#refusal = reason;
    this.#retryAtMs = performance.now() + retryIntervalMs;
    this.#refusals.happened(reason);
    this.look();
    this.#onChange();
  }

  #setAlarm(atMs: number): void {
    if (atMs >= this.#alarmAtMs) return;
    clearTimeout(this.#alarm);
    this.#alarmAtMs = atMs;
    const ring = () => {
      this.#alarmAtMs = Infinity;
      this.look();
    };
    // What must not be lost at the end is for `finish`: an alarm keeps no process alive.
    this.#alarm = setTimeout(ring, Math.max(1, atMs - performance.now())).unref();
  }
}
