import type { Message } from '../message.js';

/** Where a message is safe: in PostgreSQL, or on the local disk until PostgreSQL takes it. */
export type Durability = 'committed' | 'spooled';

/** What a message takes beside its text and metadata. */
const overheadBytes = 512;

/** A saved message on its way, and whoever waits to hear that it is safe. */
export class PendingMessage {
  readonly message: Message;
  readonly bytes: number;
  readonly savedAtMs = performance.now();
  /** An append of it to the spool is under way. */
  isBeingSpooled = false;
  readonly #durable = Promise.withResolvers<Durability>();
  #place: 'memory' | 'spool' | 'stored' | 'lost' = 'memory';

  constructor(message: Message) {
    this.message = message;
    this.bytes = bytesOf(message);
    this.#durable.promise.catch(() => undefined);
  }

  get durable(): Promise<Durability> {
    return this.#durable.promise;
  }

  get isSpooled(): boolean {
    return this.#place === 'spool';
  }

  /** In the database, or set aside: the spool need not have it. */
  get isStored(): boolean {
    return this.#place === 'stored';
  }

  /** Nobody has to do anything for it any more. */
  get isSettled(): boolean {
    return this.#place === 'stored' || this.#place === 'lost';
  }

  spooled(): void {
    this.#place = 'spool';
    this.#durable.resolve('spooled');
  }

  committed(): void {
    this.#place = 'stored';
    this.#durable.resolve('committed');
  }

  /** The database refused it, and a person has to look at it. */
  setAside(reason: Error): void {
    this.#place = 'stored';
    this.#durable.reject(reason);
  }

  /** Nobody tries it any more. */
  lost(reason: Error): void {
    this.#place = 'lost';
    this.#durable.reject(reason);
  }

  /** It is not safe in time, and goes on being tried. */
  late(reason: Error): void {
    this.#durable.reject(reason);
  }
}

/** What it takes in memory, about. */
export function bytesOf({ content, metadata }: Message): number {
  const metadataBytes = metadata ? Buffer.byteLength(JSON.stringify(metadata)) : 0;
  return Buffer.byteLength(content) + metadataBytes + overheadBytes;
}
