import type { Message, MessageRole } from '../message.js';

/** What a turn asks before its question is handed to the bot. */
export interface TurnRequest {
  readonly sessionName: string;
  /** A UUID of the turn's own: the owner of the session's lease. */
  readonly turnId: string;
  /** The customer may continue the session if there is one: the session's token was right, or none is asked for. */
  readonly mayContinue: boolean;
  /**
   * The service made the session's name itself, so that nobody but who asks can know it: the session is theirs, also
   * when an attempt that they never had an answer to began it.
   */
  readonly isFreshName: boolean;
  readonly idempotency?: { readonly key: string; readonly requestHash: Buffer };
  /** At most so many messages of context; 0: none is wanted. */
  readonly contextMessages: number;
  /** At most so many Unicode characters in all of them together. */
  readonly contextCharacters: number;
}

/** A message of the session as a bot is told of it. */
export interface ContextMessage {
  readonly role: MessageRole;
  readonly content: string;
}

/** How a turn may go on. Only `begun` holds the session's lease. */
export type TurnBeginning =
  | {
      readonly outcome: 'begun';
      /** For the customer's message. The same as before where an attempt with this key died before it was answered. */
      readonly questionId: string;
      /** Who asks has no token of the session yet. */
      readonly beginsSession: boolean;
      /** What the bot asked to be kept when it last answered in this session. */
      readonly conversation: string | null;
      /** The newest messages, oldest first; without those of bots that failed. */
      readonly context: readonly ContextMessage[];
    }
  /** Another turn of the session is under way, here or in another process: ask again. */
  | { readonly outcome: 'busy' }
  /** The session is somebody's already, and `mayContinue` is false. */
  | { readonly outcome: 'not-yours' }
  | RepeatedTurn
  /** The key was used for another request within the last 24 hours. */
  | { readonly outcome: 'key-reused' }
  /** The database did not answer in time, or is known to be away: go on without lease, context and idempotency. */
  | { readonly outcome: 'unknown'; readonly questionId: string };

/** This very request was answered before. */
export interface RepeatedTurn {
  readonly outcome: 'repeated';
  readonly questionId: string;
  readonly replyId: string;
  readonly beganSession: boolean;
  /** Null when it is not (or no longer) in the database: another process has it in its spool, perhaps. */
  readonly reply: Message | null;
}

export interface TurnEnding {
  readonly sessionName: string;
  readonly turnId: string;
  readonly replyId: string;
  /** What the bot asks to be kept for the session's next turn, at most 1,000 characters; left out: what is kept stays. */
  readonly conversation?: string;
  readonly idempotency?: { readonly key: string };
}

/** An agent's message that may come more than once. */
export interface AgentMessageClaim {
  readonly sessionName: string;
  /** A key is an agent's own: two agents may use the same one. */
  readonly agentId?: string;
  readonly key: string;
  readonly content: string;
}

export type AgentMessageClaimed =
  /** `repeated`: claimed within the last 24 hours, by this very content. Save the message under this id either way. */
  | { readonly outcome: 'claimed' | 'repeated'; readonly messageId: string }
  | { readonly outcome: 'key-reused' };

/** Totals count since the process began. */
export interface TurnLedgerState {
  /** False from a question that was not answered in time to the next one that is. */
  readonly isAnswering: boolean;
  /** Turns that began without an answer; order and idempotency held within this process alone for them. */
  readonly unansweredTotal: number;
}
