import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { ProblemFilter } from './http/problem.filter.js';
import { MetricsController } from './metrics/metrics.controller.js';

@Global()
@Module({})
class ShellModule {}

@Module({})
class ServiceModule {}

/**
 * What a process is made of: the shell and the app. The app may inject prom-client's `Registry`, to add gauges of its
 * own, and the `ProblemFilter`.
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
  // `useExisting`: the requests' log is mounted by `createService`, ahead of all that may refuse a request.
  const log = LoggerModule.forRoot({ pinoHttp: { logger }, useExisting: true });
  return { module: ServiceModule, imports: [log, shell, app] };
}

/** One a process, not prom-client's global one: several services may run in one process (tests). */
function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}
