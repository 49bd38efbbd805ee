import { Module, type DynamicModule } from '@nestjs/common';
import { MessageStoreModule, WriterMetrics } from '@chat-history/message-store';
import { storeOptions } from '@chat-history/service-shell';
import type { Logger } from 'pino';
import type { WorkbenchApiConfig } from './agent-workbench-api.config.js';
import { AuthModule } from './auth/auth.module.js';
import { ExportsModule } from './exports/exports.module.js';
import { SearchController } from './history/search.controller.js';
import { SessionListController } from './history/session-list.controller.js';
import { StatisticsController } from './history/statistics.controller.js';
import { TranscriptController } from './history/transcript.controller.js';
import { AgentMessageController } from './sessions/agent-message.controller.js';

/** What agent-workbench-api is made of. AuthModule guards every route of every module. */
@Module({})
export class AppModule {
  static with(config: WorkbenchApiConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MessageStoreModule.forRoot({
          ...storeOptions(config),
          replicaUrl: config.DATABASE_REPLICA_URL,
          applicationName: 'agent-workbench-api',
          logger,
        }),
        AuthModule.with({ secret: config.AUTH_JWT_SECRET, lifetimeS: config.AUTH_TOKEN_TTL_S }),
        ExportsModule.with(config, logger),
      ],
      controllers: [
        AgentMessageController,
        SessionListController,
        TranscriptController,
        SearchController,
        StatisticsController,
      ],
      providers: [WriterMetrics],
    };
  }
}
