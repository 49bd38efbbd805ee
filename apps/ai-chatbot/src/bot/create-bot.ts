import type { ChatbotConfig } from '../ai-chatbot.config.js';
import type { Bot } from './bot.js';
import { CozeBot } from './coze/coze-bot.js';
import { CozeClient } from './coze/coze-client.js';
import { DemoBot } from './demo-bot.js';

/** The bot that `BOT_PROVIDER` names. */
export function createBot(config: ChatbotConfig): Bot {
  switch (config.BOT_PROVIDER) {
    case 'demo':
      return new DemoBot(config.DEMO_BOT_DELAY_MS);
    case 'coze':
      return new CozeBot(new CozeClient(config.COZE_API_BASE, required(config.COZE_API_TOKEN)), {
        botId: required(config.COZE_BOT_ID),
        streaming: config.COZE_STREAMING,
      });
  }
}

/** The schema has made sure of it; its type cannot say so. */
function required(value: string | undefined): string {
  if (value === undefined) throw new Error('a variable that the configuration requires is missing');
  return value;
}
