/** The bot failed, refused, said nothing or was cut. The message names the reason, never what was said. */
export class BotFailedError extends Error {
  override readonly name = 'BotFailedError';
  /** Whether the same question may well be answered in a moment: the network, a fault of the bot's server, a limit. */
  readonly isTransient: boolean;
  /** When the bot asked to be left alone for a while: for how long. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: {
      readonly isTransient?: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.isTransient = options.isTransient ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The bot was silent for too long, or did not come to an end in time. */
export class BotTimeoutError extends Error {
  override readonly name = 'BotTimeoutError';
}

/** The service is stopping and cannot wait for the bot any longer. */
export class BotAbandonedError extends Error {
  override readonly name = 'BotAbandonedError';
}

/** The bot failed so often in a row that it is left alone for a while; it was not asked. */
export class BotUnavailableError extends Error {
  override readonly name = 'BotUnavailableError';

  /** @param retryAfterMs when it will be asked again. */
  constructor(readonly retryAfterMs: number) {
    super('the bot failed too often and is left alone for a while');
  }
}

/** Too many answers are being given, and too many wait to be; the bot was not asked. */
export class BotBusyError extends Error {
  override readonly name = 'BotBusyError';
}
