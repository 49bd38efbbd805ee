import { v7 as uuidV7 } from 'uuid';
import type { Message, NewMessage } from '../src/message.js';
import type { TestDatabase } from '../src/testing.js';
import { MessageInserter } from '../src/write/message-inserter.js';
import { PartitionMaker } from '../src/write/partition-maker.js';
import { utcDay } from '../src/utc-day.js';

/** A message as if it had been accepted at `createdAt`. */
export function messageAt(createdAt: Date, overrides: Partial<NewMessage & { id: string }> = {}): Message {
  return {
    sessionName: 'session',
    createdAt,
    id: uuidV7({ msecs: createdAt.getTime() }),
    role: 'user',
    content: 'hello',
    responseTimeMs: null,
    agentId: null,
    agentName: null,
    status: 'complete',
    metadata: null,
    ...overrides,
  };
}

/** Writes messages of any age as the writer would have then; also those that are past their retention by now. */
export async function insertMessages(database: TestDatabase, messages: readonly Message[]): Promise<void> {
  const days = new Set(messages.map((message) => utcDay(message.createdAt)));
  await new PartitionMaker(database, 3_650).ensure(days);
  for (let at = 0; at < messages.length; at += 1_000) {
    await new MessageInserter(database).insert(messages.slice(at, at + 1_000));
  }
}
