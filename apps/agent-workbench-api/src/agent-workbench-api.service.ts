import { StoreHealth } from '@chat-history/message-store';
import { createLogger, type ServiceOptions } from '@chat-history/service-shell';
import type { WorkbenchApiConfig } from './agent-workbench-api.config.js';
import { AppModule } from './app.module.js';
import { authProblemOf } from './auth/auth-problems.js';
import { storeProblemOf } from './store-problems.js';

/** agent-workbench-api as a service that can be run. */
export function workbenchApiService(
  config: WorkbenchApiConfig,
  logger = createLogger('agent-workbench-api', config.LOG_LEVEL),
): ServiceOptions {
  return {
    name: 'agent-workbench-api',
    module: AppModule.with(config, logger),
    port: config.API_PORT,
    config,
    logger,
    problemOf: (error) => authProblemOf(error) ?? storeProblemOf(error),
    healthChecks: (app) => [
      {
        name: 'database',
        required: true,
        check: async () => {
          await app.get(StoreHealth).ping();
          return { up: true };
        },
      },
    ],
  };
}
