import { MessageWriter, StoreHealth } from '@chat-history/message-store';
import {
  createLogger,
  databaseCheck,
  messagesCheck,
  spoolCheck,
  type ServiceOptions,
} from '@chat-history/service-shell';
import { AppModule } from './app.module.js';
import type { ChatbotConfig } from './ai-chatbot.config.js';
import { chatProblems } from './chat/chat-problems.js';

/** What a cut answer still needs, beyond the grace: to be stored, and told to its customer. */
const afterGraceMs = 2_000;

/** ai-chatbot as a service that can be run. */
export function chatbotService(
  config: ChatbotConfig,
  logger = createLogger('ai-chatbot', config.LOG_LEVEL),
): ServiceOptions {
  return {
    name: 'ai-chatbot',
    module: AppModule.with(config, logger),
    port: config.CHATBOT_PORT,
    config,
    logger,
    problemOf: chatProblems,
    answersTimeoutMs: config.BOT_STOP_GRACE_MS + afterGraceMs,
    healthChecks: (app) => [
      // Chats go on without the database: their messages wait in the spool.
      databaseCheck({ name: 'database', required: false, ping: () => app.get(StoreHealth).ping() }),
      spoolCheck(app.get(MessageWriter)),
      messagesCheck(app.get(MessageWriter)),
    ],
  };
}
