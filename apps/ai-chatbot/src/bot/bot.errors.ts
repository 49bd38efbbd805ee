/** The bot failed, refused, said nothing or was cut. The message names the reason, never what was said. */
export class BotFailedError extends Error {
  override readonly name = 'BotFailedError';
}

/** The bot was silent for too long, or did not come to an end in time. */
export class BotTimeoutError extends Error {
  override readonly name = 'BotTimeoutError';
}

/** The service is stopping and cannot wait for the bot any longer. */
export class BotAbandonedError extends Error {
  override readonly name = 'BotAbandonedError';
}
