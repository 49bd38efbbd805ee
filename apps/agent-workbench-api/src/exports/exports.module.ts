import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { ExportJobRuns, ExportJobUpkeep, MessageExport } from '@chat-history/message-store';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { WorkbenchApiConfig } from '../agent-workbench-api.config.js';
import { ExportJobController } from './export-job.controller.js';
import { ExportMaker } from './export-maker.js';
import { ExportRunner } from './export-runner.js';
import { ExportUpkeep } from './export-upkeep.js';
import { ExportController } from './export.controller.js';
import { FileSender } from './file-sender.js';
import type { ExportStore } from './store/export-store.js';
import { openExportStore } from './store/open-export-store.js';

const exportStore = Symbol('ExportStore');

/** A dead process is missed after so long, and one that is only slow is not. */
const leaseMs = 30_000;
/** A job is to be cancelled within 2 s: this, a statement, and the half second that PostgreSQL needs to notice. */
const reportEveryMs = 500;
const pollMs = 1_000;

/** Exports, streamed and as jobs that every instance runs. */
@Module({})
export class ExportsModule {
  static with(config: WorkbenchApiConfig, logger: Logger): DynamicModule {
    const maker: FactoryProvider = {
      provide: ExportMaker,
      useFactory: (
        exports: MessageExport,
        runs: ExportJobRuns,
        upkeep: ExportJobUpkeep,
        store: ExportStore,
      ) => {
        const options = { leaseMs, reportEveryMs, ttlHours: config.EXPORT_FILE_TTL_HOURS };
        return new ExportMaker(exports, runs, upkeep, store, options, logger);
      },
      inject: [MessageExport, ExportJobRuns, ExportJobUpkeep, exportStore],
    };
    const runner: FactoryProvider = {
      provide: ExportRunner,
      useFactory: (runs: ExportJobRuns, exportMaker: ExportMaker, registry: Registry) => {
        const limits = { inAll: config.EXPORT_JOBS_MAX, perAgent: config.EXPORT_JOBS_PER_AGENT };
        const options = { perProcess: config.EXPORT_JOBS_PER_PROCESS, limits, leaseMs, pollMs };
        return new ExportRunner(runs, exportMaker, options, registry, logger);
      },
      inject: [ExportJobRuns, ExportMaker, Registry],
    };
    const upkeep: FactoryProvider = {
      provide: ExportUpkeep,
      useFactory: (jobs: ExportJobUpkeep, store: ExportStore) => new ExportUpkeep(jobs, store, logger),
      inject: [ExportJobUpkeep, exportStore],
    };
    const sender: FactoryProvider = {
      provide: FileSender,
      useFactory: (store: ExportStore) => new FileSender(store),
      inject: [exportStore],
    };
    const store = { provide: exportStore, useFactory: () => openExportStore(config) };
    return {
      module: ExportsModule,
      controllers: [ExportController, ExportJobController],
      providers: [store, maker, runner, upkeep, sender],
    };
  }
}
