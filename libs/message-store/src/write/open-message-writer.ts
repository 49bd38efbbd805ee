import { Database } from '../database.js';
import { writerPool, type MessageStoreOptions } from '../message-store.options.js';
import { BatchWriter } from './batch-writer.js';
import { MessageInserter } from './message-inserter.js';
import { MessageWriter } from './message-writer.js';
import { PartitionMaker } from './partition-maker.js';
import { PartitionsAhead } from './partitions-ahead.js';
import { SetAside } from './set-aside.js';

/** Puts a writer together with a small pool of its own. Nothing connects before the first message. */
export function openMessageWriter(options: MessageStoreOptions): {
  writer: MessageWriter;
  database: Database;
} {
  const { databaseUrl: url, applicationName, retentionDays, spoolDir, logger } = options;
  const database = new Database({ url, applicationName: `${applicationName} writer`, logger, ...writerPool });
  const partitions = new PartitionMaker(database, retentionDays);
  const batches = new BatchWriter(new MessageInserter(database), partitions);
  const ahead = new PartitionsAhead(partitions, logger);
  return { writer: new MessageWriter(batches, ahead, new SetAside(spoolDir), logger), database };
}
