import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { Agents } from './agents/agents.js';
import { MessageExport } from './export/message-export.js';
import { ExportJobRuns } from './export/export-job-runs.js';
import { ExportJobUpkeep } from './export/export-job-upkeep.js';
import { ExportJobs } from './export/export-jobs.js';
import { openMessageStore, type MessageStore } from './message-store.js';
import type { MessageStoreOptions } from './message-store.options.js';
import { MessageSearch } from './read/message-search.js';
import { MessageStatistics } from './read/message-statistics.js';
import { SessionList } from './read/session-list.js';
import { Transcript } from './read/transcript.js';
import { StoreHealth } from './store-health.js';
import { TurnLedger } from './turns/turn-ledger.js';
import { MessageWriter } from './write/message-writer.js';

const messageStore = Symbol('MessageStore');

/** A provider for one part of the store, under the part's own class. */
function part<Part>(token: abstract new (...parameters: never[]) => Part, of: (store: MessageStore) => Part) {
  return { provide: token, useFactory: of, inject: [messageStore] };
}

/** The message store for a Nest service, everywhere. Its writer drains when the application shuts down. */
@Module({})
export class MessageStoreModule implements OnModuleInit, OnApplicationShutdown {
  readonly #store: MessageStore;

  constructor(@Inject(messageStore) store: MessageStore) {
    this.#store = store;
  }

  static forRoot(options: MessageStoreOptions): DynamicModule {
    const parts = [
      part(MessageWriter, (store) => store.writer),
      part(SessionList, (store) => store.sessionList),
      part(Transcript, (store) => store.transcript),
      part(MessageSearch, (store) => store.search),
      part(MessageStatistics, (store) => store.statistics),
      part(MessageExport, (store) => store.exports),
      part(ExportJobs, (store) => store.exportJobs),
      part(ExportJobRuns, (store) => store.exportJobRuns),
      part(ExportJobUpkeep, (store) => store.exportJobUpkeep),
      part(Agents, (store) => store.agents),
      part(TurnLedger, (store) => store.turnLedger),
      part(StoreHealth, (store) => new StoreHealth(store)),
    ];
    return {
      module: MessageStoreModule,
      global: true,
      providers: [{ provide: messageStore, useFactory: () => openMessageStore(options) }, ...parts],
      exports: parts.map(({ provide }) => provide),
    };
  }

  /** What an earlier process left in the spool is replayed from now on. */
  onModuleInit(): void {
    this.#store.writer.start();
  }

  /** Called when no request is running any more, so nothing new is accepted while the writer drains. */
  async onApplicationShutdown(): Promise<void> {
    await this.#store.close();
  }
}
