import type { MessageStatus } from '@chat-history/message-store';
import type { BotQuestion } from '../bot/bot.js';
import type { BotPolicy } from '../bot/bot-policy.js';

/** What a bot said until it came, or was brought, to an end. */
export interface BotReply {
  readonly content: string;
  readonly status: MessageStatus;
  readonly responseTimeMs: number;
  /** Why it is not whole. */
  readonly fault?: unknown;
}

/** Hears a bot out; its policy lets no answer end empty. @param said is called with each piece; it must not throw. */
export async function botReply(
  bot: BotPolicy,
  question: BotQuestion,
  said?: (piece: string) => void,
): Promise<BotReply> {
  const startedAt = performance.now();
  const responseTimeMs = () => Math.round(performance.now() - startedAt);
  let content = '';
  try {
    for await (const piece of bot.answer(question)) {
      content += piece;
      if (piece !== '') said?.(piece);
    }
    return { content, status: 'complete', responseTimeMs: responseTimeMs() };
  } catch (fault) {
    const status = content === '' ? 'failed' : 'interrupted';
    return { content, status, responseTimeMs: responseTimeMs(), fault };
  }
}
