import { v7 as uuidV7 } from 'uuid';
import { Database } from './database.js';
import type { NewMessage } from './message.js';
import { utcDay } from './utc-day.js';
import { acceptedMessage } from './write/accepted-message.js';
import { MessageInserter } from './write/message-inserter.js';
import { PartitionMaker } from './write/partition-maker.js';

/** A message that was said at a known moment, such as one of a demo or of a test. */
export interface DatedMessage extends NewMessage {
  readonly createdAt: Date;
}

const maxBatch = 1_000;

/**
 * Writes messages as if each had been accepted at its own time. For demo data and tests: a service hands its messages
 * to the MessageWriter, which makes their times itself.
 * @param retentionDays older messages are refused by the database, for their days get no partition.
 */
export async function insertDatedMessages(
  databaseUrl: string,
  messages: readonly DatedMessage[],
  retentionDays: number,
): Promise<void> {
  const database = new Database({
    url: databaseUrl,
    applicationName: 'chat-history dated messages',
    logger: console,
    maxConnections: 1,
    acquireTimeoutMs: 1_000,
    statementTimeoutMs: 30_000,
    clientTimeoutMs: 35_000,
  });
  try {
    await new PartitionMaker(database, retentionDays).ensure(
      messages.map(({ createdAt }) => utcDay(createdAt)),
    );
    const inserter = new MessageInserter(database);
    for (let at = 0; at < messages.length; at += maxBatch) {
      await inserter.insert(messages.slice(at, at + maxBatch).map(messageOf));
    }
  } finally {
    await database.close();
  }
}

function messageOf({ createdAt, ...message }: DatedMessage) {
  return { ...acceptedMessage(message), createdAt, id: uuidV7({ msecs: createdAt.getTime() }) };
}
