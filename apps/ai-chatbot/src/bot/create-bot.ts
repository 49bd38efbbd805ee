import type { Registry } from 'prom-client';
import type { ChatbotConfig } from '../ai-chatbot.config.js';
import type { Bot } from './bot.js';
import { BotMetrics } from './bot-metrics.js';
import { BotPolicy } from './bot-policy.js';
import { CozeBot } from './coze/coze-bot.js';
import { CozeClient } from './coze/coze-client.js';
import { DemoBot } from './demo-bot.js';
import { OpenAiBot } from './openai/openai-bot.js';

/** The bot that `BOT_PROVIDER` names, within its limits and shown in /metrics. */
export function createBot(config: ChatbotConfig, registry: Registry): BotPolicy {
  const limits = {
    totalTimeoutMs: config.BOT_TOTAL_TIMEOUT_MS,
    idleTimeoutMs: config.BOT_IDLE_TIMEOUT_MS,
    maxRetries: config.BOT_MAX_RETRIES,
    breakerFailures: config.BOT_BREAKER_FAILURES,
    breakerCooldownMs: config.BOT_BREAKER_COOLDOWN_MS,
    maxConcurrent: config.BOT_MAX_CONCURRENT,
    maxQueued: config.BOT_MAX_QUEUED,
  };
  return new BotPolicy(providerOf(config), limits, new BotMetrics(registry));
}

function providerOf(config: ChatbotConfig): Bot {
  switch (config.BOT_PROVIDER) {
    case 'demo':
      return new DemoBot(config.DEMO_BOT_DELAY_MS);
    case 'coze':
      return new CozeBot(new CozeClient(config.COZE_API_BASE, required(config.COZE_API_TOKEN)), {
        botId: required(config.COZE_BOT_ID),
        streaming: config.COZE_STREAMING,
      });
    case 'openai':
      return new OpenAiBot({
        baseUrl: config.OPENAI_BASE_URL,
        apiKey: required(config.OPENAI_API_KEY),
        model: required(config.OPENAI_MODEL),
        systemPrompt: config.OPENAI_SYSTEM_PROMPT,
        contextBounds: {
          maxMessages: config.OPENAI_CONTEXT_MESSAGES,
          maxCharacters: config.OPENAI_CONTEXT_CHARACTERS,
        },
      });
  }
}

/** The schema has made sure of it; its type cannot say so. */
function required(value: string | undefined): string {
  if (value === undefined) throw new Error('a variable that the configuration requires is missing');
  return value;
}
