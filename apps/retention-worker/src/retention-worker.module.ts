import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { openRetentionStore, type RetentionStore } from '@chat-history/message-store';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { RetentionMetrics } from './retention-metrics.js';
import { RetentionRun } from './retention-run.js';
import { RetentionSchedule } from './retention-schedule.js';
import type { RetentionWorkerConfig } from './retention-worker.config.js';
import { StatisticsMetrics } from './statistics-metrics.js';
import { StatisticsSchedule } from './statistics-schedule.js';

/** Health checks ask it whether the database answers. */
export const retentionStore = Symbol('RetentionStore');

/**
 * The store without its writer and readers: the worker deletes what has expired, and counts for the statistics. Its one
 * route is the shell's health and metrics.
 */
@Module({})
export class RetentionWorkerModule implements OnApplicationShutdown {
  readonly #store: RetentionStore;

  constructor(@Inject(retentionStore) store: RetentionStore) {
    this.#store = store;
  }

  static forRoot(config: RetentionWorkerConfig, logger: Logger): DynamicModule {
    const retentionDays = config.CHAT_HISTORY_RETENTION_DAYS;
    return {
      module: RetentionWorkerModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        { provide: retentionStore, useFactory: () => openWorkerStore(config, logger) },
        {
          provide: RetentionRun,
          useFactory: (store: RetentionStore) => new RetentionRun(store, retentionDays, logger),
          inject: [retentionStore],
        },
        {
          provide: RetentionMetrics,
          useFactory: (registry: Registry) => new RetentionMetrics(registry),
          inject: [Registry],
        },
        {
          provide: RetentionSchedule,
          useFactory: (
            scheduler: SchedulerRegistry,
            store: RetentionStore,
            run: RetentionRun,
            metrics: RetentionMetrics,
          ) => {
            const when = { cronExpression: config.CHAT_HISTORY_RETENTION_CRON, timeZone: config.TZ };
            return new RetentionSchedule(when, scheduler, store, run, metrics, logger);
          },
          inject: [SchedulerRegistry, retentionStore, RetentionRun, RetentionMetrics],
        },
        {
          provide: StatisticsMetrics,
          useFactory: (registry: Registry) => new StatisticsMetrics(registry),
          inject: [Registry],
        },
        {
          provide: StatisticsSchedule,
          useFactory: (scheduler: SchedulerRegistry, store: RetentionStore, metrics: StatisticsMetrics) =>
            new StatisticsSchedule(scheduler, store.quarterCounting, metrics, logger),
          inject: [SchedulerRegistry, retentionStore, StatisticsMetrics],
        },
      ],
    };
  }

  /** After the schedules have let their runs end. */
  async onApplicationShutdown(): Promise<void> {
    await this.#store.close();
  }
}

export function openWorkerStore(config: RetentionWorkerConfig, logger: Logger): RetentionStore {
  return openRetentionStore({
    databaseUrl: config.DATABASE_URL,
    retentionDays: config.CHAT_HISTORY_RETENTION_DAYS,
    applicationName: 'retention-worker',
    logger,
  });
}
