import { flag, port, secret, shellConfig, storeConfig, wholeNumber } from '@chat-history/service-shell';
import { z } from 'zod';

/** The environment of ai-chatbot. */
export const chatbotConfig = z
  .object({
    ...shellConfig,
    ...storeConfig,
    /** The TCP port the service listens on. */
    CHATBOT_PORT: port(3001),
    /**
     * Whether a session is continued only with the `session_token` that its first answer gave. `optional` is for a
     * trusted backend that calls on behalf of its customers.
     */
    CHAT_SESSION_TOKEN: z
      .enum(['required', 'optional'], { error: 'must be required or optional' })
      .default('required'),
    /** Makes those tokens: random, at least 32 bytes, the same for every instance; a new one ends all sessions. */
    CHAT_SESSION_SECRET: secret().optional(),
    /** Who answers: `demo`, from a small FAQ and without a network, `coze`, or `openai` for all who speak its protocol. */
    BOT_PROVIDER: z
      .enum(['demo', 'coze', 'openai'], { error: 'must be demo, coze or openai' })
      .default('demo'),
    /** How long an answer may take in all, its waiting and retries included, in milliseconds (1,000 to 600,000). */
    BOT_TOTAL_TIMEOUT_MS: wholeNumber(1_000, 600_000).default(120_000),
    /** How long a bot may be silent, before its first word or between two, in milliseconds (100 to 120,000). */
    BOT_IDLE_TIMEOUT_MS: wholeNumber(100, 120_000).default(30_000),
    /** How long, in milliseconds (0 to 12,000), answers under way may go on when the service stops. */
    BOT_STOP_GRACE_MS: wholeNumber(0, 12_000).default(10_000),
    /** How often (0 to 5) a question is asked again after a fault that may pass, while nothing was said yet. */
    BOT_MAX_RETRIES: wholeNumber(0, 5).default(2),
    /** After so many faults in a row (1 to 1,000) the bot is left alone … */
    BOT_BREAKER_FAILURES: wholeNumber(1, 1_000).default(10),
    /** … for so long, in milliseconds (100 to 600,000); then one question tries it. */
    BOT_BREAKER_COOLDOWN_MS: wholeNumber(100, 600_000).default(10_000),
    /** How many answers (1 to 10,000) are given at the same time. */
    BOT_MAX_CONCURRENT: wholeNumber(1, 10_000).default(200),
    /** How many questions (0 to 10,000) wait for one of those to end; the next is refused. */
    BOT_MAX_QUEUED: wholeNumber(0, 10_000).default(100),
    /** What the demo bot waits before each word, in milliseconds (0 to 1,000), to look like a bot that thinks. */
    DEMO_BOT_DELAY_MS: wholeNumber(0, 1_000).default(20),
    /** Where Coze is: `https://api.coze.com`, or `https://api.coze.cn` for accounts in China. */
    COZE_API_BASE: httpUrl().default('https://api.coze.com'),
    /** A personal or service access token of Coze. */
    COZE_API_TOKEN: z.string().optional(),
    /** The number of the Coze bot, published to its API. */
    COZE_BOT_ID: z.string().optional(),
    /** Whether Coze streams its answers; `false`, for networks that break event streams, asks for them when ready. */
    COZE_STREAMING: flag().default(true),
    /** Where a server is that speaks OpenAI's chat completions; Ollama and vLLM do. */
    OPENAI_BASE_URL: httpUrl().default('https://api.openai.com/v1'),
    /** A key of that server; any text where none is needed. */
    OPENAI_API_KEY: z.string().optional(),
    /** The model that answers, as that server names it. */
    OPENAI_MODEL: z.string().optional(),
    /** What the model is told ahead of every chat. */
    OPENAI_SYSTEM_PROMPT: z.string().optional(),
    /** How many of a session's latest messages (0 to 200) the model is told with a question … */
    OPENAI_CONTEXT_MESSAGES: wholeNumber(0, 200).default(20),
    /** … and how many characters of them (0 to 1,000,000). */
    OPENAI_CONTEXT_CHARACTERS: wholeNumber(0, 1_000_000).default(16_000),
  })
  .refine((config) => config.CHAT_SESSION_TOKEN === 'optional' || config.CHAT_SESSION_SECRET !== undefined, {
    error: 'must be a random text of at least 32 bytes, unless CHAT_SESSION_TOKEN is optional',
    path: ['CHAT_SESSION_SECRET'],
    when: () => true,
  })
  .refine(...setFor('coze', 'COZE_API_TOKEN'))
  .refine(...setFor('coze', 'COZE_BOT_ID'))
  .refine(...setFor('openai', 'OPENAI_API_KEY'))
  .refine(...setFor('openai', 'OPENAI_MODEL'));
export type ChatbotConfig = z.infer<typeof chatbotConfig>;

function httpUrl() {
  return z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });
}

/** A variable that one provider cannot do without. */
function setFor(provider: 'coze' | 'openai', name: string) {
  const isSet = (config: Record<string, unknown>) =>
    config['BOT_PROVIDER'] !== provider || config[name] !== undefined;
  // `when`: a fault elsewhere would keep this one from being named.
  const fault = { error: `must be set when BOT_PROVIDER is ${provider}`, path: [name], when: () => true };
  return [isSet, fault] as const;
}
