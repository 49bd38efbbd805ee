import { rm } from 'node:fs/promises';
import type { BoundedPool, MessageStoreOptions } from '../src/message-store.options.js';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '../src/testing.js';
import type { MessageWriter } from '../src/write/message-writer.js';
import { openMessageWriter } from '../src/write/open-message-writer.js';
import { RecordingLogger, storeOptions } from './store-options.js';

/** Writers with a database and a spool of their own, and a way to the database that a spec can break. */
export interface BreakableStore {
  readonly database: TestDatabase;
  readonly proxy: FlakyProxy;
  readonly logger: RecordingLogger;
  readonly options: MessageStoreOptions;
  /** @param pool how long it waits for the database; a service's, if left out. */
  openWriter(overrides?: Partial<MessageStoreOptions>, pool?: BoundedPool): MessageWriter;
  /** Ends the writers without waiting for what they have left. */
  drop(): Promise<void>;
}

export async function createBreakableStore(): Promise<BreakableStore> {
  const database = await createTestDatabase();
  const proxy = await FlakyProxy.to(database.url);
  const logger = new RecordingLogger();
  // So long that nothing happens by its running out, whatever this machine does beside, unless a spec says so.
  const options = await storeOptions(proxy.url, { logger, commitTimeoutMs: 60_000 });
  const opened: ReturnType<typeof openMessageWriter>[] = [];
  return {
    database,
    proxy,
    logger,
    options,
    openWriter(overrides = {}, pool = undefined) {
      const writer = openMessageWriter({ ...options, ...overrides }, pool);
      opened.push(writer);
      return writer.writer;
    },
    async drop() {
      for (const { writer, database: connections } of opened) {
        await writer.drain(0);
        await connections.close();
      }
      await proxy.close();
      await database.drop();
      await rm(options.spoolDir, { recursive: true, force: true });
    },
  };
}
