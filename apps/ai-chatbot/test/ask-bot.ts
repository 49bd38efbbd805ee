import type { Bot, BotQuestion } from '../src/bot/bot.js';
import type { BotLimits } from '../src/bot/bot-policy.js';

/** A question with all that a bot may be given; nothing, but for what the spec says. */
export function botQuestion(parts: Partial<BotQuestion> = {}): BotQuestion {
  return {
    sessionName: 'session-1',
    text: 'I want a refund',
    signal: new AbortController().signal,
    context: [],
    conversation: undefined,
    keepConversation: () => undefined,
    ...parts,
  };
}

/** Limits that a spec does not reach by accident. */
export const wideLimits: BotLimits = {
  totalTimeoutMs: 20_000,
  idleTimeoutMs: 10_000,
  maxRetries: 0,
  breakerFailures: 1_000,
  breakerCooldownMs: 60_000,
  maxConcurrent: 100,
  maxQueued: 0,
};

export interface Heard {
  said: string;
  error: unknown;
  /** What the bot asked to be kept last. */
  note: string | undefined;
}

/** Asks and listens to the end. */
export async function askBot(bot: Bot, parts: Partial<BotQuestion> = {}): Promise<Heard> {
  const heard: Heard = { said: '', error: undefined, note: parts.conversation };
  const keepConversation = (note: string) => {
    heard.note = note;
  };
  try {
    for await (const piece of bot.answer(botQuestion({ keepConversation, ...parts }))) heard.said += piece;
  } catch (fault) {
    heard.error = fault;
  }
  return heard;
}
