import { MessageWriter, StoreHealth } from '@chat-history/message-store';
import {
  createLogger,
  databaseCheck,
  messagesCheck,
  spoolCheck,
  type HealthCheck,
  type ServiceOptions,
} from '@chat-history/service-shell';
import type { WorkbenchApiConfig } from './agent-workbench-api.config.js';
import { AppModule } from './app.module.js';
import { authProblemOf } from './auth/auth-problems.js';
import { exportProblemOf } from './exports/export-problems.js';
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
    problemOf: (error) => authProblemOf(error) ?? exportProblemOf(error) ?? storeProblemOf(error),
    healthChecks: (app) => [
      ...databaseChecks(app.get(StoreHealth)),
      spoolCheck(app.get(MessageWriter)),
      messagesCheck(app.get(MessageWriter)),
    ],
  };
}

/** Without the replica history cannot be read, but agents sign in and answer. */
function databaseChecks(store: StoreHealth): HealthCheck[] {
  const database = databaseCheck({ name: 'database', required: true, ping: () => store.ping() });
  const replica = databaseCheck({ name: 'replica', required: false, ping: () => store.pingReplica() });
  return store.hasReplica ? [database, replica] : [database];
}
