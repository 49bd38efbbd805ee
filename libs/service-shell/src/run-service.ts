import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createService, type ServiceOptions } from './create-service.js';
import { Readiness } from './health/readiness.js';

/**
 * How long stopping may take in all, beyond `SHUTDOWN_DELAY_MS`; an orchestrator usually kills after as long. The time
 * for answers under way (`answersTimeoutMs`, 14 s at most in our services) and the message store's to write what it
 * was given (8 s), to spool what the database did not take (4 s) and to end its connections (1 s) stay below it.
 */
const stopTimeoutMs = 30_000;
const defaultAnswersTimeoutMs = 4_000;
const closeIdleIntervalMs = 50;

/**
 * The whole life of a service's process. It starts or ends with exit code 1 and one message. On SIGTERM or SIGINT its
 * readiness turns red and, `SHUTDOWN_DELAY_MS` later, no connection is taken any more; the app is told to bring what is
 * under way to an end (`beforeApplicationShutdown`); connections still open after `answersTimeoutMs` are cut; then, with
 * nobody connected, its `onApplicationShutdown` hooks run, and it exits 0, or 1 when that took over 30 s.
 * @param describe makes the options; a ConfigError it throws is the message of the failed start.
 */
export async function runService(describe: () => ServiceOptions): Promise<void> {
  try {
    const options = describe();
    const app = await createService(options);
    await app.listen(options.port);
    stopWhenAsked(app, options);
    const { port } = app.getHttpServer().address() as AddressInfo;
    options.logger.info({ port }, `${options.name} is ready`);
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? `${error.name}: ${error.message}` : 'failed to start'}\n`,
    );
    process.exit(1);
  }
}

function stopWhenAsked(app: NestExpressApplication, options: ServiceOptions): void {
  let stopping = false;
  // A second signal changes nothing: Ctrl-C reaches a whole process group, and often a supervisor signals as well.
  const stop = (reason: string, exitCode: number) => {
    if (stopping) return;
    stopping = true;
    void stopService(app, options, reason).then(
      () => process.exit(exitCode),
      (error: unknown) => {
        options.logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM', 0));
  process.on('SIGINT', () => stop('SIGINT', 0));
  // A fault nobody caught: the state is unknown, but what is buffered is still worth writing.
  process.on('uncaughtException', (error: unknown) => {
    options.logger.fatal({ err: error }, 'an error that nobody caught');
    stop('uncaughtException', 1);
  });
}

async function stopService(app: NestExpressApplication, options: ServiceOptions, reason: string) {
  const { logger, config, answersTimeoutMs = defaultAnswersTimeoutMs } = options;
  logger.info({ reason }, 'stopping');
  app.get(Readiness).turnRed();
  await delay(config.SHUTDOWN_DELAY_MS);
  const timeUp = setTimeout(() => {
    logger.error(`did not stop within ${stopTimeoutMs} ms; what was not written by now is lost`);
    process.exit(1);
  }, stopTimeoutMs);
  stopAccepting(app, answersTimeoutMs, () => logger.warn(`answers were cut after ${answersTimeoutMs} ms`));
  // Nest's order: onModuleDestroy, beforeApplicationShutdown, the server's last connection, onApplicationShutdown.
  await app.close();
  clearTimeout(timeUp);
  logger.info('stopped');
}

/** From now on connections only end: as soon as they are idle, and all of them when the time for answers is over. */
function stopAccepting(app: NestExpressApplication, answersTimeoutMs: number, onCut: () => void): void {
  const server = app.getHttpServer();
  server.close();
  const cut = setTimeout(() => {
    onCut();
    server.closeAllConnections();
  }, answersTimeoutMs);
  // A kept-alive connection that becomes idle after `close` would hold it open until its idle time ran out.
  const closeIdle = setInterval(() => server.closeIdleConnections(), closeIdleIntervalMs);
  server.once('close', () => {
    clearTimeout(cut);
    clearInterval(closeIdle);
  });
}
