import { flag, port, shellConfig, storeConfig, wholeNumber } from '@chat-history/service-shell';
import { z } from 'zod';

const neededForCoze = { error: 'must be set when BOT_PROVIDER is coze', when: () => true };

/** The environment of ai-chatbot. */
export const chatbotConfig = z
  .object({
    ...shellConfig,
    ...storeConfig,
    /** The TCP port the service listens on. */
    CHATBOT_PORT: port(3001),
    /** Who answers: `demo`, from a small FAQ and without a network, or `coze`. */
    BOT_PROVIDER: z.enum(['demo', 'coze'], { error: 'must be demo or coze' }).default('demo'),
    /** How long an answer may take in all, in milliseconds (1,000 to 600,000). */
    BOT_TOTAL_TIMEOUT_MS: wholeNumber(1_000, 600_000).default(120_000),
    /** How long a bot may be silent, before its first word or between two, in milliseconds (100 to 120,000). */
    BOT_IDLE_TIMEOUT_MS: wholeNumber(100, 120_000).default(30_000),
    /** What the demo bot waits before each word, in milliseconds (0 to 1,000), to look like a bot that thinks. */
    DEMO_BOT_DELAY_MS: wholeNumber(0, 1_000).default(20),
    /** Where Coze is: `https://api.coze.com`, or `https://api.coze.cn` for accounts in China. */
    COZE_API_BASE: z
      .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
      .default('https://api.coze.com'),
    /** A personal or service access token of Coze. */
    COZE_API_TOKEN: z.string().optional(),
    /** The number of the Coze bot, published to its API. */
    COZE_BOT_ID: z.string().optional(),
    /** Whether Coze streams its answers; `false`, for networks that break event streams, asks for them when ready. */
    COZE_STREAMING: flag().default(true),
  })
  .refine((config) => hasIfCoze(config, 'COZE_API_TOKEN'), { path: ['COZE_API_TOKEN'], ...neededForCoze })
  .refine((config) => hasIfCoze(config, 'COZE_BOT_ID'), { path: ['COZE_BOT_ID'], ...neededForCoze });
export type ChatbotConfig = z.infer<typeof chatbotConfig>;

function hasIfCoze(
  config: { BOT_PROVIDER: string; COZE_API_TOKEN?: string | undefined; COZE_BOT_ID?: string | undefined },
  name: 'COZE_API_TOKEN' | 'COZE_BOT_ID',
): boolean {
  return config.BOT_PROVIDER !== 'coze' || config[name] !== undefined;
}
