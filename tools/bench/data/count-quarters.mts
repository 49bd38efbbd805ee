import { openRetentionStore } from '@chat-history/message-store';
import type { BenchDatabase } from '../figure.mts';
import type { Loading } from './load-data-set.mts';

/**
 * Counts the closed quarter-hours of a data set for its statistics, as the retention worker does. A data set is counted
 * once, and what was closed since then, a few quarters of its newest day, when it is used again.
 */
export async function countQuarters(
  { url, dataSet }: BenchDatabase,
  { stopping, log }: Pick<Loading, 'stopping' | 'log'>,
): Promise<void> {
  const store = openRetentionStore({
    databaseUrl: url,
    retentionDays: dataSet.retentionDays,
    applicationName: 'chat-history bench',
    logger: console,
  });
  const startedAt = performance.now();
  let counted = 0;
  try {
    const everyOne = { limit: 96 * dataSet.retentionDays, except: [] };
    for (const quarter of (await store.quarterCounting.uncounted(everyOne)).next) {
      stopping.throwIfAborted();
      if (await store.quarterCounting.count(quarter)) counted++;
    }
  } finally {
    await store.close();
  }
  if (counted === 0) return;
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  log(`  ${dataSet.size}: ${counted} quarter-hours counted for statistics in ${seconds} s`);
}
