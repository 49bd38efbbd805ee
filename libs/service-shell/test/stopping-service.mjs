// A service without decorators, so that a spec can run the built shell in a process of its own.
import { createLogger, parseConfig, runService, shellConfig } from '@chat-history/service-shell';
import { z } from 'zod';

class SlowModule {
  /** `/slow` answers only after the signal to stop has come. */
  configure(consumer) {
    consumer
      .apply((_request, response) => {
        process.stdout.write('slow answer begun\n');
        process.once('SIGTERM', () => setTimeout(() => response.end('late'), 200));
      })
      .forRoutes('slow');
    consumer
      .apply((_request, response) => {
        this.waiting = response;
        process.stdout.write('waiting answer begun\n');
      })
      .forRoutes('waiting');
    consumer.apply(() => process.stdout.write('endless answer begun\n')).forRoutes('endless');
    consumer
      .apply((_request, response) => {
        response.end('soon');
        setImmediate(() => {
          throw new Error('the timer failed');
        });
      })
      .forRoutes('crash');
  }
  /** `/waiting` answers when the service is told to come to an end; `/endless` never answers. */
  beforeApplicationShutdown() {
    process.stdout.write('told to stop\n');
    this.waiting?.end('told');
  }
  onApplicationShutdown() {
    process.stdout.write('shutdown hook\n');
  }
}

void runService(() => {
  const config = parseConfig(z.object(shellConfig), process.env);
  const logger = createLogger('spec', config.LOG_LEVEL);
  const port = Number(process.argv[2]);
  return { name: 'spec', module: { module: SlowModule }, port, config, logger, answersTimeoutMs: 1_500 };
});
