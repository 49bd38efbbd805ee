import 'reflect-metadata';
import { runService } from '@chat-history/service-shell';
import { parseCommandLine, UsageError } from './command-line.js';
import { retentionWorkerService } from './retention-worker.service.js';
import { exitCodes, runOnce } from './run-once.js';

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.once) process.exitCode = await runOnce(command);
  else await runService(() => retentionWorkerService(process.env));
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'failed to start'}\n`);
  process.exitCode = error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
});
