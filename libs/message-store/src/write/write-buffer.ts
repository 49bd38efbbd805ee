import type { Message } from '../message.js';

/** A message that waits for its commit, with the two ways in which the wait ends. */
export interface PendingMessage {
  readonly message: Message;
  readonly bytes: number;
  resolve(durability: 'committed' | 'spooled'): void;
  reject(reason: Error): void;
}

export interface WriteBufferBounds {
  readonly maxMessages: number;
  readonly maxBytes: number;
}

/** What the writer has accepted and not yet begun to write: first in, first out, bounded in number and bytes. */
export class WriteBuffer {
  readonly #bounds: WriteBufferBounds;
  #waiting: PendingMessage[] = [];
  #bytes = 0;

  constructor(bounds: WriteBufferBounds) {
    this.#bounds = bounds;
  }

  get messages(): number {
    return this.#waiting.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns false, and takes nothing, when the message would pass a bound. */
  add(pending: PendingMessage): boolean {
    const { maxMessages, maxBytes } = this.#bounds;
    if (this.#waiting.length >= maxMessages || this.#bytes + pending.bytes > maxBytes) return false;
    this.#waiting.push(pending);
    this.#bytes += pending.bytes;
    return true;
  }

  /** Takes the oldest, at least one while there is any, and at most a batch. */
  take(batch: WriteBufferBounds): PendingMessage[] {
    let bytes = 0;
    let count = 0;
    for (const pending of this.#waiting) {
      if (count > 0 && (count >= batch.maxMessages || bytes + pending.bytes > batch.maxBytes)) break;
      bytes += pending.bytes;
      count++;
    }
    this.#bytes -= bytes;
    return this.#waiting.splice(0, count);
  }
}
