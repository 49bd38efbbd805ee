import type { ProblemAnswer, ProblemTable } from '@chat-history/service-shell';
import { BotUnavailableError } from '../bot/bot.errors.js';
import {
  IdempotencyKeyReusedError,
  ReplyBeingStoredError,
  ServiceStoppingError,
  SessionBusyError,
  SessionTokenInvalidError,
  SessionTokenMissingError,
  SessionUncertainError,
  TurnFailedError,
} from './chat.errors.js';
import { sessionOf } from './to-contract.js';

/** What a customer is told of this service's own errors. */
export const chatProblems: ProblemTable = (error) => {
  if (error instanceof TurnFailedError) return { ...failedTurn(error), extensions: sessionOf(error.turn) };
  if (error instanceof SessionTokenMissingError) {
    return fault(403, 'session_token', 'is needed to continue a session that exists already');
  }
  if (error instanceof SessionTokenInvalidError)
    return fault(401, 'session_token', 'is not the token of this session');
  if (error instanceof IdempotencyKeyReusedError) {
    return fault(422, 'Idempotency-Key', 'came with another request before; each needs a new one');
  }
  return tryAgain(error);
};

/** What is kept of a turn is told again to a repeat of it. */
const askAnew = 'Ask again later, with a new Idempotency-Key.';

function failedTurn({ failure, cause }: TurnFailedError): ProblemAnswer {
  switch (failure) {
    case 'failed':
      return { status: 502, detail: 'The bot could not answer.' };
    case 'timeout':
      return { status: 504, detail: 'The bot took too long to answer.' };
    case 'stopping':
      return {
        status: 503,
        detail: `The service stopped before the bot had answered. ${askAnew}`,
        retryAfterSeconds: 5,
      };
    case 'unavailable': {
      const retryAfterMs = cause instanceof BotUnavailableError ? cause.retryAfterMs : 1_000;
      const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
      return { status: 503, detail: `The bot is not available now. ${askAnew}`, retryAfterSeconds };
    }
  }
}

function fault(status: number, field: string, message: string): ProblemAnswer {
  return { status, errors: [{ field, message }] };
}

function tryAgain(error: unknown): ProblemAnswer | undefined {
  if (error instanceof SessionBusyError) {
    return {
      status: 409,
      detail: 'Other messages of this session are still being answered.',
      retryAfterSeconds: 5,
    };
  }
  if (error instanceof ServiceStoppingError) {
    return { status: 503, detail: 'The service is stopping.', retryAfterSeconds: 5 };
  }
  if (error instanceof SessionUncertainError) {
    return {
      status: 503,
      detail: 'Whose session this is cannot be told now. Send its session_token, or leave session_name out.',
      retryAfterSeconds: 5,
    };
  }
  if (error instanceof ReplyBeingStoredError) {
    return { status: 503, detail: 'The reply to this request is being stored.', retryAfterSeconds: 1 };
  }
  return undefined;
}
