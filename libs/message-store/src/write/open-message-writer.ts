import { Database } from '../database.js';
import { spoolDefaults, writerPool, type MessageStoreOptions } from '../message-store.options.js';
import { BatchWriter } from './batch-writer.js';
import { DatabaseWatch } from './database-watch.js';
import { Flusher } from './flusher.js';
import { MessageInserter } from './message-inserter.js';
import { MessageWriter } from './message-writer.js';
import { PartitionMaker } from './partition-maker.js';
import { PartitionsAhead } from './partitions-ahead.js';
import { Replayer } from './replayer.js';
import { SetAside } from './set-aside.js';
import { Spool } from './spool/spool.js';
import { Spooler } from './spooler.js';
import { WriteBuffer } from './write-buffer.js';

/** Minutes of a busy chatbot without database and spool, and no more memory than a small container has to spare. */
const maxBuffer = { maxMessages: 100_000, maxBytes: 128 * 1_048_576 };

/**
 * Puts a writer together with a small pool of its own. Nothing connects and no file is touched before the writer is
 * started or gets its first message.
 * @param pool how long it waits for the database; shorter for specs.
 */
export function openMessageWriter(
  options: MessageStoreOptions,
  pool = writerPool(options.writerPool),
): { writer: MessageWriter; database: Database } {
  const { databaseUrl: url, applicationName, retentionDays, logger } = options;
  const { spoolDir, spoolMaxBytes, commitTimeoutMs } = { ...spoolDefaults, ...options };
  const connections = new Database({ url, applicationName: `${applicationName} writer`, logger, ...pool });
  const partitions = new PartitionMaker(connections, retentionDays);
  const inserter = new MessageInserter(connections);
  const partitionsAhead = new PartitionsAhead(partitions, logger);

  const buffer = new WriteBuffer(maxBuffer);
  const database = new DatabaseWatch(logger);
  const setAside = new SetAside(spoolDir, logger);
  const spool = new Spool({ directory: spoolDir, maxBytes: spoolMaxBytes }, logger);
  const spooler = new Spooler({ buffer, spool, database, commitTimeoutMs, logger });
  // Each with its own measure of how many rows go well at once.
  const [flushed, replayed] = [new BatchWriter(inserter, partitions), new BatchWriter(inserter, partitions)];
  const flusher = new Flusher({
    buffer,
    batches: flushed,
    database,
    spooler,
    spool,
    setAside,
    partitionsAhead,
  });
  const replayer = new Replayer({ spool, batches: replayed, database, setAside, retentionDays, logger });
  const writer = new MessageWriter({ buffer, flusher, spooler, spool, replayer, database, setAside, logger });
  return { writer, database: connections };
}
