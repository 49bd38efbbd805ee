import { anotherWorkerIsRunning } from '@chat-history/message-store';
import { createLogger, parseConfig } from '@chat-history/service-shell';
import { pino } from 'pino';
import { failureReason, RunStoppedError } from './failure-reason.js';
import { printReceipt } from './retention-receipt.js';
import { RetentionRun, type RunRequest } from './retention-run.js';
import { retentionWorkerConfig } from './retention-worker.config.js';
import { openWorkerStore } from './retention-worker.module.js';

/** What a script that calls the worker can act on. */
export const exitCodes = { good: 0, failed: 1, usage: 2, anotherWorkerIsRunning: 3 } as const;

/**
 * One run on the terminal: the receipt on stdout, the log on stderr. SIGTERM and SIGINT stop it after its next step.
 * @returns the exit code.
 * @throws ConfigError
 */
export async function runOnce(request: RunRequest): Promise<number> {
  const config = parseConfig(retentionWorkerConfig, process.env);
  const logger = createLogger(
    'retention-worker',
    config.LOG_LEVEL,
    pino.destination({ dest: 2, sync: true }),
  );
  const store = openWorkerStore(config, logger);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop.abort(new RunStoppedError(`the run was stopped by ${signal}`)));
  }
  try {
    const run = new RetentionRun(store, config.CHAT_HISTORY_RETENTION_DAYS, logger);
    const receipt = await run.run(request, stop.signal);
    if (receipt === anotherWorkerIsRunning) {
      process.stdout.write(`${anotherWorkerIsRunning}; nothing was done\n`);
      return exitCodes.anotherWorkerIsRunning;
    }
    process.stdout.write(printReceipt(receipt));
    return receipt.error === null ? exitCodes.good : exitCodes.failed;
  } catch (error) {
    logger.error({ err: error }, 'the run failed without a receipt');
    process.stdout.write(`The run failed without a receipt: ${failureReason(error)}\n`);
    return exitCodes.failed;
  } finally {
    await store.close();
  }
}
