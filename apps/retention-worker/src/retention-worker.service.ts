import type { INestApplicationContext } from '@nestjs/common';
import type { RetentionStore } from '@chat-history/message-store';
import { createLogger, parseConfig, type HealthCheck } from '@chat-history/service-shell';
import { retentionWorkerConfig } from './retention-worker.config.js';
import { RetentionWorkerModule, retentionStore } from './retention-worker.module.js';

/**
 * The worker as a service that stays, for `runService`.
 * @throws ConfigError
 */
export function retentionWorkerService(environment: NodeJS.ProcessEnv) {
  const config = parseConfig(retentionWorkerConfig, environment);
  const logger = createLogger('retention-worker', config.LOG_LEVEL);
  return {
    name: 'retention-worker',
    module: RetentionWorkerModule.forRoot(config, logger),
    port: config.WORKER_PORT,
    config,
    logger,
    healthChecks: (app: INestApplicationContext): HealthCheck[] => {
      const store = app.get<RetentionStore>(retentionStore);
      const check = () => store.ping().then(() => ({ up: true }));
      return [{ name: 'database', required: true, check }];
    },
  };
}
