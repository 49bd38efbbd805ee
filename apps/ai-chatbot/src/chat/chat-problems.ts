import type { ProblemTable } from '@chat-history/service-shell';
import { BotAbandonedError, BotFailedError, BotTimeoutError } from '../bot/bot.errors.js';

/** What a customer is told of this service's own errors. */
export const chatProblems: ProblemTable = (error) => {
  if (error instanceof BotFailedError) return { status: 502, detail: 'The bot could not answer.' };
  if (error instanceof BotTimeoutError) return { status: 504, detail: 'The bot took too long to answer.' };
  if (error instanceof BotAbandonedError) {
    return { status: 503, detail: 'The service is stopping.', retryAfterSeconds: 5 };
  }
  return undefined;
};
