import type { Message } from '../message.js';
import { StoreUnavailableError } from '../message-store.errors.js';
import { reasonOf } from '../reason-of.js';
import { retentionCutoff } from '../retention/retention-cutoff.js';
import type { StoreLogger } from '../store-logger.js';
import { AttemptPace } from './attempt-pace.js';
import type { BatchWriter, RefusedRow } from './batch-writer.js';
import type { DatabaseWatch } from './database-watch.js';
import { RepeatedFault } from './repeated-fault.js';
import type { SetAside } from './set-aside.js';
import type { Spool, SpooledMessage } from './spool/spool.js';

/** Small, so that live messages never wait long for what the database does for a replay. */
const maxBatch = { maxMessages: 200, maxBytes: 1_048_576 };

/** Messages a second, at most. */
const maxRate = 2_000;

/** How long after the spool did not answer as it should it is asked again. */
const spoolRetryDelayMs = 1_000;

export interface ReplayerParts {
  readonly spool: Spool;
  readonly batches: BatchWriter;
  readonly database: DatabaseWatch;
  readonly setAside: SetAside;
  readonly retentionDays: number;
  readonly logger: StoreLogger;
}

/**
 * Takes messages from the spool to the database, oldest first, and not so fast that live traffic feels it: at most 2,000
 * a second, and it pauses for at least as long as it wrote. While the database is down, this is what probes it.
 */
export class Replayer {
  readonly #parts: ReplayerParts;
  readonly #faults: RepeatedFault;
  readonly #pace = new AttemptPace();
  #isRunning = false;
  #startedAtMs: number | undefined;
  /** Up to this id everything was tried; what could not be stored, or removed, is tried again after the others. */
  #after = '';
  #replayedTotal = 0;
  #expiredTotal = 0;

  constructor(parts: ReplayerParts) {
    this.#parts = parts;
    this.#faults = new RepeatedFault(parts.logger, 'the spool could not be replayed');
  }

  get replayedTotal(): number {
    return this.#replayedTotal;
  }

  /** Messages that were past their retention before they could be stored. */
  get expiredTotal(): number {
    return this.#expiredTotal;
  }

  /** Since when a batch is on its way, by `performance.now()`. */
  get startedAtMs(): number | undefined {
    return this.#startedAtMs;
  }

  /** To be called when there is something in the spool. */
  wake(): void {
    if (!this.#isRunning) void this.#run();
  }

  /** Ends the wait for the next attempt: the database is thought to be back. */
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
    while (!this.#pace.stopping.aborted && this.#parts.spool.figures.messages > 0) {
      await this.#pace.wait();
      if (this.#pace.stopping.aborted) break;
      let found: readonly SpooledMessage[] = [];
      try {
        found = await this.#parts.spool.oldest(maxBatch, this.#after);
        await this.#replay(found);
      } catch (error) {
        // A full disk takes no removal: then what is stored stays in the spool, and the others have to come all the same.
        this.#goOnAfter(found.at(-1));
        this.#faults.happened(reasonOf(error));
        this.#pace.pauseFor(spoolRetryDelayMs);
      } finally {
        this.#startedAtMs = undefined;
      }
    }
    this.#isRunning = false;
  }

  async #replay(found: readonly SpooledMessage[]): Promise<void> {
    const { batches, database } = this.#parts;
    const startedAtMs = performance.now();
    this.#startedAtMs = startedAtMs;
    const { rows, expired, unreadable } = this.#sorted(found);
    const { written, refused, interruptedBy, interruptedAt } = await batches.write(rows, this.#pace.stopping);
    const tookMs = performance.now() - startedAtMs;

    if (interruptedBy === undefined && rows.length > 0) database.succeeded();
    this.#expiredTotal += await this.#remove(expired);
    this.#replayedTotal += await this.#remove(written);
    const isAllAside = await this.#setAside([...refused, ...unreadable]);
    if (interruptedBy === undefined && isAllAside && found.length > 0) {
      this.#pace.succeeded(Math.max(tookMs, (found.length / maxRate) * 1_000 - tookMs));
    } else if (!this.#pace.stopping.aborted) {
      this.#pace.failed(written.length > 0);
      if (interruptedBy) this.#noteFailure(interruptedBy, interruptedAt, startedAtMs);
      else this.#goOnAfter(found.at(-1));
    }
  }

  /** One row that the database does not take, though it is there, must not hold up all that come after it. */
  #noteFailure(cause: Error, rows: readonly SpooledMessage[], startedAtMs: number): void {
    const { database } = this.#parts;
    if (cause instanceof StoreUnavailableError) {
      database.failed(cause, startedAtMs);
      return;
    }
    // Live messages find out by themselves whether they are troubled too.
    database.failedInPart();
    this.#faults.happened(cause.message);
    if (rows.length === 1) this.#goOnAfter(rows[0]);
  }

  /** @param row undefined: from the oldest on again. */
  #goOnAfter(row: SpooledMessage | undefined): void {
    this.#after = row?.id ?? '';
  }

  #sorted(found: readonly SpooledMessage[]) {
    const cutoff = retentionCutoff(new Date(), this.#parts.retentionDays);
    const rows: (SpooledMessage & { message: Message })[] = [];
    const expired: SpooledMessage[] = [];
    const unreadable: RefusedRow<SpooledMessage>[] = [];
    for (const row of found) {
      if (!row.message) unreadable.push({ row, error: new Error('what the spool kept is no message') });
      else if (row.message.createdAt < cutoff) expired.push(row);
      else rows.push({ ...row, message: row.message });
    }
    return { rows, expired, unreadable };
  }

  /** @returns false when one could not be set aside: it stays in the spool. */
  async #setAside(refused: readonly RefusedRow<SpooledMessage>[]): Promise<boolean> {
    let isAllAside = true;
    for (const { row, error } of refused) {
      if (await this.#parts.setAside.keep(row.id, row.message ?? row.body, error)) await this.#remove([row]);
      else isAllAside = false;
    }
    return isAllAside;
  }

  async #remove(rows: readonly SpooledMessage[]): Promise<number> {
    return rows.length > 0 ? this.#parts.spool.remove(rows.map(({ id }) => id)) : 0;
  }
}
