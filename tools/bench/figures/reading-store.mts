import { tmpdir } from 'node:os';
import path from 'node:path';
import { openMessageStore, type MessageStore } from '@chat-history/message-store';
import type { Bench, BenchDatabase } from '../figure.mts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Asks kept data sets through the public API; its writer is never given anything. */
function openReadingStore({ url, dataSet }: BenchDatabase): MessageStore {
  return openMessageStore({
    databaseUrl: url,
    retentionDays: dataSet.retentionDays,
    spoolDir: path.join(tmpdir(), 'chat-history-bench-no-spool'),
    applicationName: 'chat-history bench',
    logger: silent,
  });
}

/** Opens the stores of some databases for as long as `work` takes. */
export async function withStores<Result>(
  databases: readonly BenchDatabase[],
  work: (stores: MessageStore[]) => Promise<Result>,
): Promise<Result> {
  const stores = databases.map(openReadingStore);
  try {
    return await work(stores);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
  }
}

/** The run's own size, and the smallest beside it where that is another. */
export async function sizesToCompare(bench: Bench): Promise<BenchDatabase[]> {
  const own = await bench.database(bench.size);
  return bench.size === '100k' ? [own] : [own, await bench.database('100k')];
}
