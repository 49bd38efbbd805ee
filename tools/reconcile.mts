/** Compares the sessions of DATABASE_URL with their messages, and mends what differs. */
import { parseArgs } from 'node:util';
import { openReconcileStore } from '@chat-history/message-store';
import { runCommand, UsageError } from './command.mts';
import { reconcileOnce } from './reconcile/reconcile-once.mts';
import { describeReport, isClean, type ReconcileReport } from './reconcile/reconcile-report.mts';
import { retentionDays } from './retention-days.mts';

const usage = `usage: DATABASE_URL=postgres://… npm run reconcile [-- --repair] [--json]
  --repair  counts sessions that differ anew, indexes messages that lack it, and looks again
  --json    prints one JSON object a look instead of text
  CHAT_HISTORY_RETENTION_DAYS is read as the services read it (30 if unset).
exit code: 0 nothing differs (any more), 1 something does or the look did not come to its end, 2 wrong usage`;

await runCommand(usage, async (args) => {
  const { repair = false, json = false } = parse(args);
  const url = process.env['DATABASE_URL'];
  if (!url) throw new UsageError('DATABASE_URL is not set');
  const stop = new AbortController();
  stop.signal.addEventListener('abort', () => console.error('ending after the batch under way'));
  // Not once: Ctrl-C comes from the terminal and again from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const store = openReconcileStore({
    databaseUrl: url,
    retentionDays: retentionDays(),
    applicationName: 'reconcile',
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  try {
    let report: ReconcileReport | undefined;
    // After a repair once more, to see that nothing is left to mend.
    for (const mends of repair ? [true, false] : [false]) {
      if (report && (isClean(report) || !report.isComplete)) break;
      report = await reconcileOnce(store.reconciliation, { repair: mends, stop: stop.signal });
      console.log(json ? JSON.stringify(report) : describeReport(report));
    }
    if (!report || !isClean(report)) process.exitCode = 1;
  } finally {
    await store.close();
  }
});

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: { repair: { type: 'boolean' }, json: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'wrong arguments');
  }
}
