import type { Message } from '@chat-history/message-store';

/** A session and the customer's message in it. */
export interface BegunTurn {
  readonly sessionName: string;
  /** Given to who began the session. */
  readonly sessionToken: string | undefined;
  readonly questionId: string;
}

export interface Turn extends BegunTurn {
  readonly reply: Message;
}
