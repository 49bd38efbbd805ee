import { Module, type DynamicModule } from '@nestjs/common';
import { MessageStoreModule, WriterMetrics, type StoreLogger } from '@chat-history/message-store';
import type { ChatbotConfig } from './ai-chatbot.config.js';
import { BotPolicy } from './bot/bot-policy.js';
import { createBot } from './bot/create-bot.js';
import { ChatTurn } from './chat/chat-turn.js';
import { ChatController } from './chat/chat.controller.js';

/** What ai-chatbot is made of. There is no guard: customers are not accounts of ours. */
@Module({})
export class AppModule {
  static with(config: ChatbotConfig, logger: StoreLogger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MessageStoreModule.forRoot({
          databaseUrl: config.DATABASE_URL,
          retentionDays: config.CHAT_HISTORY_RETENTION_DAYS,
          spoolDir: config.CHAT_HISTORY_SPOOL_DIR,
          spoolMaxBytes: config.CHAT_HISTORY_SPOOL_MAX_BYTES,
          commitTimeoutMs: config.CHAT_HISTORY_COMMIT_TIMEOUT_MS,
          applicationName: 'ai-chatbot',
          logger,
        }),
      ],
      controllers: [ChatController],
      providers: [
        ChatTurn,
        WriterMetrics,
        {
          provide: BotPolicy,
          useFactory: () =>
            new BotPolicy(createBot(config), {
              totalTimeoutMs: config.BOT_TOTAL_TIMEOUT_MS,
              idleTimeoutMs: config.BOT_IDLE_TIMEOUT_MS,
            }),
        },
      ],
    };
  }
}
