import type { MessageStore } from './message-store.js';

/** Whether PostgreSQL answers, for readiness checks. */
export class StoreHealth {
  readonly #store: Pick<MessageStore, 'ping'>;

  constructor(store: Pick<MessageStore, 'ping'>) {
    this.#store = store;
  }

  /** @throws StoreUnavailableError */
  async ping(): Promise<void> {
    await this.#store.ping();
  }
}
