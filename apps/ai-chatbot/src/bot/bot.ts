export interface BotQuestion {
  /** Bots that keep a conversation keep one a session. */
  readonly sessionName: string;
  readonly text: string;
  /** Aborted when nobody waits for the answer any longer; the bot then stops and lets go of what it holds. */
  readonly signal: AbortSignal;
}

/** Who answers customers. */
export interface Bot {
  /**
   * The answer, piece by piece as it is said. An empty piece is a sign of life. The iteration ends when the answer is
   * whole.
   * @throws BotFailedError in every other case; what was said before it is all there is.
   */
  answer(question: BotQuestion): AsyncIterable<string>;
}
