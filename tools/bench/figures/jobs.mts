import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openMessageStore, openRetentionStore, type MessageStore } from '@chat-history/message-store';
import type { DataSet } from '../data/data-set.mts';
import type { Bench, Figure, FigureResult } from '../figure.mts';
import { WorkbenchApi, type MadeExport } from './workbench-api.mts';
import { newMessageOf, saidNow } from './writes-load.mts';

const dayMs = 86_400_000;

/** What a retention run deletes, row by row: the half of the first day. A whole one it would have to leave: the export holds it. */
const expiredDays = 0.5;

/** How long the run waits for a day that the export holds. */
const detachTimeoutMs = 300;

const messagesATime = 100;
const pauseMs = 50;

interface Disturbance {
  readonly written: number;
  readonly deleted: number;
}

/**
 * A job of a million messages in a real agent-workbench-api, undisturbed, and again beside a writer and a retention run
 * that begin when its snapshot is taken: the files have to be the same.
 */
export const jobs: Figure = {
  name: 'jobs',
  title: 'An export job beside a writer and a retention run',
  needs: ['1M'],
  async measure(bench) {
    const size = bench.quick ? '100k' : '1M';
    const { dataSet } = await bench.database(size);
    const { url: databaseUrl } = await bench.scratchDatabase(size);
    const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-bench-'));
    const { retentionDays } = dataSet;
    const store = openMessageStore({
      ...{ databaseUrl, retentionDays, applicationName: 'chat-history bench', logger: console },
      spoolDir: path.join(folder, 'writer'),
    });
    store.writer.start();
    let api: WorkbenchApi | undefined;
    try {
      api = await WorkbenchApi.start({ databaseUrl, retentionDays, folder }, store.agents, bench.stopping);
      const beforeMiB = await api.memoryMiB();
      const alone = await api.export();
      const ended = new AbortController();
      let disturbing: Promise<Disturbance> | undefined;
      const beside = await api
        .export(() => {
          disturbing = disturb(bench, store, databaseUrl, dataSet, ended.signal);
          disturbing.catch(() => undefined);
        })
        .finally(() => ended.abort());
      const disturbance = (await disturbing) ?? { written: 0, deleted: 0 };
      if (!bench.quick && (disturbance.written === 0 || disturbance.deleted === 0))
        throw new Error('nothing disturbed the export');
      checkFiles(alone, beside, dataSet);
      return resultsOf(alone, beside, beforeMiB, dataSet, disturbance);
    } finally {
      await api?.stop();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** @throws Error when a file is not what there was when it was begun. */
function checkFiles(alone: MadeExport, beside: MadeExport, { messages }: DataSet): void {
  const [first, second] = [alone.job.manifest, beside.job.manifest];
  if (first?.rows === messages && first.sha256 === second?.sha256) return;
  throw new Error(`the file is not the snapshot: ${first?.rows} rows alone, ${second?.rows} beside`);
}

function resultsOf(
  alone: MadeExport,
  beside: MadeExport,
  beforeMiB: number,
  { size }: DataSet,
  { written, deleted }: Disturbance,
): FigureResult[] {
  return [
    {
      what: `an export job of ${size} messages beside a writer and a retention run`,
      value: beside.ms,
      unit: 'ms',
      beside: { what: 'alone', value: alone.ms },
      note: `the same SHA-256, though ${written} messages were written and ${deleted} deleted meanwhile`,
    },
    {
      what: 'growth of resident memory of the service during both',
      value: Math.max(alone.mostMiB, beside.mostMiB) - beforeMiB,
      unit: 'MiB',
      limit: { atMost: 64 },
    },
  ];
}

/** Until the export has ended. */
async function disturb(
  bench: Bench,
  store: MessageStore,
  databaseUrl: string,
  dataSet: DataSet,
  ended: AbortSignal,
): Promise<Disturbance> {
  const [written, deleted] = await Promise.all([
    write(bench, store, ended),
    expire(databaseUrl, dataSet, ended),
  ]);
  return { written, deleted };
}

async function write(bench: Bench, store: MessageStore, ended: AbortSignal): Promise<number> {
  let written = 0;
  for (let from = 0; !ended.aborted; from += messagesATime) {
    const messages = Array.from(bench.rows('1M', from, messagesATime), saidNow).map(newMessageOf);
    await Promise.all(messages.map((message) => store.writer.save(message).durable));
    if (!ended.aborted) written += messagesATime;
    await delay(pauseMs, undefined, { signal: ended }).catch(() => undefined);
  }
  return written;
}

/** @returns how many messages were gone while the export was made. */
async function expire(
  databaseUrl: string,
  { from, retentionDays }: DataSet,
  ended: AbortSignal,
): Promise<number> {
  const retention = openRetentionStore({
    ...{ databaseUrl, retentionDays, detachTimeoutMs },
    applicationName: 'chat-history bench retention',
    logger: console,
  });
  let deleted = 0;
  try {
    const cutoff = new Date(from.getTime() + expiredDays * dayMs);
    for await (const { messagesDeleted = 0 } of retention.expiredMessages.delete(cutoff)) {
      if (ended.aborted) break;
      deleted += messagesDeleted;
    }
  } finally {
    await retention.close();
  }
  return deleted;
}
