/**
 * The thread of the spool: it alone touches the disk, so that no fsync holds up the event loop. In `src` Node runs it by
 * its own type stripping: so it imports nothing but Node's modules, types, and its siblings that end in .mts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { SpoolDirectory } from './spool-directory.mts';
import { isUnreadable } from './spool-file.mts';
import { reasonOf } from './spool-files.mts';
import type {
  SpoolNews,
  SpoolOperations,
  SpoolReport,
  SpoolRequest,
  SpoolWorkerData,
} from './spool-protocol.js';

const adoptIntervalMs = 30_000;
const tidyIntervalMs = 30_000;
const reopenIntervalMs = 2_000;

const spool = new SpoolDirectory(workerData as SpoolWorkerData, report);

function report(news: SpoolNews): void {
  parentPort?.postMessage({ ...news, figures: spool.figures } satisfies SpoolReport);
}

const operations: SpoolOperations = {
  append: (rows) => spool.own().append(rows),
  oldest: (maxRows, maxBytes, after) => spool.own().oldest(maxRows, maxBytes, after),
  remove: (ids) => spool.remove(ids),
  close: () => spool.close(),
};

/** Once more where our file was broken: with the fresh one it may go well. */
function operate({ name, parameters }: SpoolRequest): unknown {
  const operation = operations[name] as (...values: unknown[]) => unknown;
  try {
    return operation(...parameters);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    spool.replaceOwn(error);
    return operation(...parameters);
  }
}

parentPort?.on('message', (request: SpoolRequest) => {
  const { number } = request;
  try {
    report({ kind: 'answer', number, result: operate(request) });
  } catch (error) {
    report({ kind: 'failure', number, reason: reasonOf(error) });
  }
  // With nothing left to listen to, the thread ends.
  if (request.name === 'close') {
    for (const timer of timers) clearInterval(timer);
    parentPort?.close();
  }
});

const timers = [
  setInterval(() => spool.open(), reopenIntervalMs),
  setInterval(() => void spool.adopt(), adoptIntervalMs),
  setInterval(() => spool.tidy(), tidyIntervalMs),
];
spool.open();
void spool.adopt();
