export { ConfigError, parseConfig } from './config/parse-config.js';
export {
  flag,
  port,
  postgresUrl,
  secret,
  shellConfig,
  storeConfig,
  storeOptions,
  wholeNumber,
} from './config/common-config.js';
export type { ShellConfig, StoreConfig } from './config/common-config.js';
export { drainTimeoutMs, endsWithin } from './drain.js';
export { runService } from './run-service.js';
export { createService } from './create-service.js';
export type { ServiceOptions } from './create-service.js';
export { createLogger } from './logging/logger.js';
export { ClientGone, clientGoneStatus } from './http/client-gone.js';
export { ApiIdempotencyKey, IdempotencyKey } from './http/idempotency-key.decorator.js';
export { isPublic, Public } from './http/public.decorator.js';
export { ProblemFilter } from './http/problem.filter.js';
export type { ProblemAnswer, ProblemTable } from './http/problem.filter.js';
export type { HealthCheck, HealthFinding } from './health/readiness.js';
export { databaseCheck, messagesCheck, spoolCheck } from './health/store-checks.js';
