import type { PendingMessage } from './pending-message.js';

export interface WriteBufferBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/**
 * A statement of this size takes some 50 ms. One of twice as much is no faster a message, and blocks the event loop twice
 * as long: when it is built, and when all that waited for it goes on (4 and 8 ms of a thousand, on busy cores).
 */
export const maxBatch: WriteBufferBounds = { maxMessages: 500, maxBytes: 2 * 1_048_576 };

/**
 * The messages that are in memory and nowhere else, oldest first, bounded in number and bytes. A message stays here
 * while it is written, and leaves when it is safe, or given up.
 */
export class WriteBuffer implements Iterable<PendingMessage> {
  readonly #bounds: WriteBufferBounds;
  /** Those that may still be safe in time. */
  readonly #awaited = new Set<PendingMessage>();
  /** Those whose savers were told that they are not. */
  readonly #late = new Set<PendingMessage>();
  #bytes = 0;

  constructor(bounds: WriteBufferBounds) {
    this.#bounds = bounds;
  }

  get messages(): number {
    return this.#awaited.size + this.#late.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get awaited(): Iterable<PendingMessage> {
    return this.#awaited;
  }

  get late(): Iterable<PendingMessage> {
    return this.#late;
  }

  get isHalfFull(): boolean {
    const { maxMessages, maxBytes } = this.#bounds;
    return this.messages > maxMessages / 2 || this.#bytes > maxBytes / 2;
  }

  *[Symbol.iterator](): Iterator<PendingMessage> {
    yield* this.#late;
    yield* this.#awaited;
  }

  /** @returns false, and takes nothing, when the message would pass a bound. */
  add(pending: PendingMessage): boolean {
    const { maxMessages, maxBytes } = this.#bounds;
    if (this.messages >= maxMessages || this.#bytes + pending.bytes > maxBytes) return false;
    this.#awaited.add(pending);
    this.#bytes += pending.bytes;
    return true;
  }

  /** Does nothing when it is not there any more. */
  delete(pending: PendingMessage): void {
    if (this.#awaited.delete(pending) || this.#late.delete(pending)) this.#bytes -= pending.bytes;
  }

  /** For one that is awaited. */
  markLate(pending: PendingMessage): void {
    this.#awaited.delete(pending);
    this.#late.add(pending);
  }
}

/** The first of them: at least one while there is any, and at most a batch. */
export function batchOf(messages: Iterable<PendingMessage>, bounds: WriteBufferBounds): PendingMessage[] {
  const batch: PendingMessage[] = [];
  let bytes = 0;
  for (const pending of messages) {
    bytes += pending.bytes;
    if (batch.length > 0 && (batch.length >= bounds.maxMessages || bytes > bounds.maxBytes)) break;
    batch.push(pending);
  }
  return batch;
}
