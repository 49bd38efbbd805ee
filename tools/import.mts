/** Takes the messages of a file into DATABASE_URL: an export of this system, or a table of another one. */
import { openImportStore } from '@chat-history/message-store';
import { runCommand, UsageError } from './command.mts';
import { importArguments, usage } from './import/arguments.mts';
import { FaultLog } from './import/fault-log.mts';
import { describeReport, isWhole } from './import/import-report.mts';
import { RowImport } from './import/import-rows.mts';
import { openInput } from './import/open-input.mts';
import { openSource } from './import/source.mts';
import { retentionDays } from './retention-days.mts';

await runCommand(usage, async (args) => {
  const wishes = importArguments(args);
  const url = process.env['DATABASE_URL'];
  if (!url) throw new UsageError('DATABASE_URL is not set');
  const stop = new AbortController();
  // Not once: Ctrl-C comes from the terminal and again from npm.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  const store = openImportStore({
    databaseUrl: url,
    retentionDays: retentionDays(),
    applicationName: 'import',
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  const faults = new FaultLog(wishes.faults);
  const source = openSource(openInput(wishes.file, stop.signal), wishes);
  const rows = new RowImport(source, faults, { ...wishes, stop: stop.signal });
  try {
    // A database that is away is said before the file is read, and not waited for.
    await store.ping();
    await rows.run(store);
  } catch (error) {
    if (rows.report().read > 0) console.error(describeReport(rows.report()));
    throw error;
  } finally {
    faults.close();
    await store.close();
  }
  const report = rows.report();
  console.log(wishes.json ? JSON.stringify(report) : describeReport(report));
  if (!isWhole(report)) process.exitCode = 1;
});
