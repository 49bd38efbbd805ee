import type { MessageStore } from './message-store.js';

/** Whether PostgreSQL answers, for readiness checks. */
export class StoreHealth {
  readonly #store: Pick<MessageStore, 'ping' | 'pingReplica'>;

  constructor(store: Pick<MessageStore, 'ping' | 'pingReplica'>) {
    this.#store = store;
  }

  /** Whether pages are read from a replica. */
  get hasReplica(): boolean {
    return this.#store.pingReplica !== undefined;
  }

  /** @throws StoreUnavailableError */
  async ping(): Promise<void> {
    await this.#store.ping();
  }

  /** The same of the replica; resolves at once where there is none. @throws StoreUnavailableError */
  async pingReplica(): Promise<void> {
    await this.#store.pingReplica?.();
  }
}
