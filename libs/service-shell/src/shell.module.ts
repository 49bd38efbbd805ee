import {
  Global,
  Module,
  type DynamicModule,
  type MiddlewareConsumer,
  type NestModule,
  type Type,
} from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { ProblemFilter } from './http/problem.filter.js';
import { jsonBody } from './http/json-body.js';
import { requestLog } from './logging/request-log.js';
import { MetricsController } from './metrics/metrics.controller.js';

@Global()
@Module({})
class ShellModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(jsonBody()).forRoutes('{*path}');
  }
}

@Module({})
class ServiceModule {}

/**
 * What a process is made of: its log, the shell, the app. The app may inject prom-client's `Registry`, to add gauges
 * of its own, and the `ProblemFilter`. The order of the first two is the order of their middleware:
 * a body that cannot be read is refused after the request's log has begun.
 */
export function serviceModule(
  app: Type | DynamicModule,
  logger: Logger,
  problems: ProblemFilter,
): DynamicModule {
  const shell: DynamicModule = {
    module: ShellModule,
    controllers: [HealthController, MetricsController],
    providers: [
      Readiness,
      { provide: Registry, useFactory: createRegistry },
      { provide: ProblemFilter, useValue: problems },
    ],
    exports: [Registry, ProblemFilter],
  };
  return { module: ServiceModule, imports: [LoggerModule.forRoot(requestLog(logger)), shell, app] };
}

/** One a process, not prom-client's global one: several services may run in one process (tests). */
function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
