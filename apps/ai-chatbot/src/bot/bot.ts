export interface BotQuestion {
  readonly sessionName: string;
  readonly text: string;
  /** Aborted when nobody waits for the answer any longer; the bot then stops and lets go of what it holds. */
  readonly signal: AbortSignal;
  /** What was said in the session before this question, oldest first; no more than the bot's `contextBounds`. */
  readonly context: readonly ContextMessage[];
  /** What this bot last asked to be kept with the session. */
  readonly conversation: string | undefined;
  /** Keeps a note for the session's next questions, 1,000 characters at most; the last one is kept. */
  keepConversation(note: string): void;
}

export interface ContextMessage {
  readonly role: 'user' | 'assistant' | 'agent';
  readonly content: string;
}

/** How much of a session a bot wants to be told. */
export interface ContextBounds {
  readonly maxMessages: number;
  /** Of all contents together. */
  readonly maxCharacters: number;
}

/** Who answers customers. */
export interface Bot {
  /** Left out by a bot that needs no context, or remembers by itself. */
  readonly contextBounds?: ContextBounds;
  /**
   * The answer, piece by piece as it is said. An empty piece is a sign of life. The iteration ends when the answer is
   * whole.
   * @throws BotFailedError in every other case; what was said before it is all there is.
   */
  answer(question: BotQuestion): AsyncIterable<string>;
}
