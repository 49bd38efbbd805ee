import type { Database, Queryable } from '../database.js';
import { reasonOf } from '../reason-of.js';
import type { StoreLogger } from '../store-logger.js';
import { RepeatedFault } from '../write/repeated-fault.js';
import { within } from '../write/within.js';

const firstProbeMs = 250;
const maxProbeMs = 1_000;

/** A process that begins on a busy machine may take longer than a question may, and nobody waits for it yet. */
const prepareAttempts = 4;

/**
 * Asks the database what can be done without. No question takes longer than the timeout; after one without an
 * answer nobody asks, and so nobody waits, until a probe in the background was answered.
 */
export class BoundedAsking {
  readonly #database: Database;
  readonly #probe: (database: Queryable) => Promise<unknown>;
  readonly #timeoutMs: number;
  readonly #silences: RepeatedFault;
  #probing: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param probe a question that is answered when those of turns are. */
  constructor(
    database: Database,
    probe: (database: Queryable) => Promise<unknown>,
    timeoutMs: number,
    logger: StoreLogger,
  ) {
    this.#database = database;
    this.#probe = probe;
    this.#timeoutMs = timeoutMs;
    this.#silences = new RepeatedFault(
      logger,
      'turns go on without lease and context: the database did not answer in time',
      'warn',
    );
  }

  get isAnswering(): boolean {
    return this.#probing === undefined;
  }

  /** @returns undefined without an answer: PostgreSQL is away, hangs, is too slow, or failed. Never rejects. */
  async ask<Answer>(question: (database: Queryable) => Promise<Answer>): Promise<Answer | undefined> {
    if (!this.isAnswering || this.#isClosed) return undefined;
    try {
      return await within(this.#timeoutMs, question(this.#database));
    } catch (error) {
      this.#noteSilence(error);
      return undefined;
    }
  }

  /** Connects, so that the first question need not wait for that, or finds out that the database is away. */
  async prepare(): Promise<void> {
    const probe = () => this.#probe(this.#database);
    for (let attempt = 1; attempt < prepareAttempts; attempt++) {
      const answered = within(this.#timeoutMs, probe()).then(
        () => true,
        () => false,
      );
      if (await answered) return;
    }
    await this.ask(probe);
  }

  /** Ends every connection. From then on nothing is asked. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#probing);
    await this.#database.close();
  }

  #noteSilence(error: unknown): void {
    if (!this.isAnswering || this.#isClosed) return;
    this.#silences.happened(reasonOf(error));
    this.#probeIn(firstProbeMs);
  }

  #probeIn(delayMs: number): void {
    this.#probing = setTimeout(() => void this.#probeNow(delayMs), delayMs);
    // A process that has nothing else to do need not wait for it.
    this.#probing.unref();
  }

  async #probeNow(delayMs: number): Promise<void> {
    try {
      await within(this.#timeoutMs, this.#probe(this.#database));
      this.#probing = undefined;
      this.#silences.isOver('turns ask the database again');
    } catch (error) {
      if (this.#isClosed) return;
      this.#silences.happened(reasonOf(error));
      this.#probeIn(Math.min(maxProbeMs, 2 * delayMs));
    }
  }
}
