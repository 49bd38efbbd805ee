import { Module, type DynamicModule } from '@nestjs/common';
import {
  MessageStoreModule,
  MessageWriter,
  TurnLedger,
  TurnMetrics,
  WriterMetrics,
  type StoreLogger,
} from '@chat-history/message-store';
import { storeOptions } from '@chat-history/service-shell';
import { Registry } from 'prom-client';
import type { ChatbotConfig } from './ai-chatbot.config.js';
import { BotPolicy } from './bot/bot-policy.js';
import { createBot } from './bot/create-bot.js';
import { ChatTurn } from './chat/chat-turn.js';
import { ChatController } from './chat/chat.controller.js';
import { SessionTokens } from './chat/session-tokens.js';

/** What ai-chatbot is made of. There is no guard: customers are not accounts of ours. */
@Module({})
export class AppModule {
  static with(config: ChatbotConfig, logger: StoreLogger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MessageStoreModule.forRoot({
          ...storeOptions(config),
          applicationName: 'ai-chatbot',
          logger,
        }),
      ],
      controllers: [ChatController],
      providers: [
        WriterMetrics,
        TurnMetrics,
        {
          provide: BotPolicy,
          inject: [Registry],
          useFactory: (registry: Registry) => createBot(config, registry),
        },
        {
          provide: ChatTurn,
          inject: [MessageWriter, TurnLedger, BotPolicy],
          useFactory: (writer: MessageWriter, ledger: TurnLedger, bot: BotPolicy) =>
            new ChatTurn(writer, ledger, bot, sessionTokens(config), config.BOT_STOP_GRACE_MS),
        },
      ],
    };
  }
}

function sessionTokens(config: ChatbotConfig): SessionTokens {
  return new SessionTokens({
    secret: config.CHAT_SESSION_SECRET,
    required: config.CHAT_SESSION_TOKEN === 'required',
  });
}
