import { MessageWriter, StoreHealth } from '@chat-history/message-store';
import { createLogger, type HealthCheck, type ServiceOptions } from '@chat-history/service-shell';
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
      databaseCheck(app.get(StoreHealth)),
      spoolCheck(app.get(MessageWriter)),
      messagesCheck(app.get(MessageWriter)),
    ],
  };
}

/** Chats go on without the database: their messages wait in the spool. */
function databaseCheck(store: StoreHealth): HealthCheck {
  return {
    name: 'database',
    required: false,
    check: async () => {
      await store.ping();
      return { up: true };
    },
  };
}

/** Chats go on without the spool as well; then a killed process loses what the database did not take. */
function spoolCheck(writer: MessageWriter): HealthCheck {
  return {
    name: 'spool',
    required: false,
    check: () => {
      const { spoolIsUsable, spooledMessages, spoolBytes } = writer.state();
      return { up: spoolIsUsable, messages: spooledMessages, bytes: spoolBytes };
    },
  };
}

/** Messages that are kept nowhere need a person, and are shown until the service is started again. */
function messagesCheck(writer: MessageWriter): HealthCheck {
  return {
    name: 'messages',
    required: false,
    check: () => {
      const { bufferedMessages, undurableTotal, lostTotal } = writer.state();
      return { up: lostTotal === 0, buffered: bufferedMessages, undurable: undurableTotal, lost: lostTotal };
    },
  };
}
