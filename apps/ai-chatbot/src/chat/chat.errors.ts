import type { BegunTurn } from './turn.js';
import type { TurnFailure } from './turn-failure.js';

/** Another turn of the session runs, and this one may not wait, or not any longer. */
export class SessionBusyError extends Error {
  override readonly name = 'SessionBusyError';
}

/** The session was begun by somebody, and nothing shows that it was the caller. */
export class SessionTokenMissingError extends Error {
  override readonly name = 'SessionTokenMissingError';
}

/** The token that came along is not this session's. */
export class SessionTokenInvalidError extends Error {
  override readonly name = 'SessionTokenInvalidError';
}

/** Only the database knows whether a session of that name is somebody's already, and it does not answer. */
export class SessionUncertainError extends Error {
  override readonly name = 'SessionUncertainError';
}

/** The idempotency key came with another request before. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
}

/** The turn was taken, but its reply is not in the database yet, where this repeat would find it. */
export class ReplyBeingStoredError extends Error {
  override readonly name = 'ReplyBeingStoredError';
}

/** The service is stopping; the turn was not begun. */
export class ServiceStoppingError extends Error {
  override readonly name = 'ServiceStoppingError';
}

/** The turn was taken, and its reply is not whole; what there is of it is kept. */
export class TurnFailedError extends Error {
  override readonly name = 'TurnFailedError';

  /**
   * @param turn its session can be continued.
   * @param cause the bot's error, when it was this process that asked the bot.
   */
  constructor(
    readonly failure: TurnFailure,
    readonly turn: BegunTurn,
    cause: unknown,
  ) {
    super(`the turn failed: ${failure}`, { cause });
  }
}
