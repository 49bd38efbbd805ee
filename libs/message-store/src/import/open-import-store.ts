import { Database } from '../database.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { BatchWriter } from '../write/batch-writer.js';
import { MessageInserter } from '../write/message-inserter.js';
import { PartitionMaker } from '../write/partition-maker.js';
import { importPool, type ImportStoreOptions } from './import.options.js';
import { KeptMessages } from './kept-messages.js';
import { MessageImport } from './message-import.js';

/** What an import needs of the store. */
export interface ImportStore {
  readonly messageImport: MessageImport;
  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Puts it together. Nothing connects before the first batch. */
export function openImportStore(options: ImportStoreOptions): ImportStore {
  const { databaseUrl: url, applicationName, logger, retentionDays } = options;
  const database = new Database({ url, applicationName, logger, ...importPool });
  return {
    messageImport: new MessageImport(
      new KeptMessages(database),
      new BatchWriter(new MessageInserter(database), new PartitionMaker(database, retentionDays)),
      new RetentionClock(retentionDays),
    ),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
