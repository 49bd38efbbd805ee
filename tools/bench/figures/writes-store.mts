import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openMessageStore, type MessageWriter } from '@chat-history/message-store';

/** A writer as a service has it, with a spool of its own. */
export async function withWriter<Result>(
  databaseUrl: string,
  work: (writer: MessageWriter) => Promise<Result>,
): Promise<Result> {
  const spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-bench-'));
  const store = openMessageStore({
    databaseUrl,
    retentionDays: 30,
    spoolDir,
    applicationName: 'chat-history bench',
    logger: console,
  });
  store.writer.start();
  try {
    return await work(store.writer);
  } finally {
    await store.close();
    await rm(spoolDir, { recursive: true, force: true });
  }
}
