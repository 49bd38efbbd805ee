/** Who said it: the customer (`user`), the bot (`assistant`) or a person of the company (`agent`). */
export type MessageRole = 'user' | 'assistant' | 'agent';

/** `interrupted`: the text so far of an answer that was cut; `failed`: the bot said nothing. */
export type MessageStatus = 'complete' | 'interrupted' | 'failed';

/** A message as it is handed over; its id, if it has none, and its time are made when it is accepted. */
export interface NewMessage {
  /** Made by `newMessageId`, where the id must be known before; saved twice, the message is stored once. */
  readonly id?: string;
  /** 1 to 255 code points. */
  readonly sessionName: string;
  readonly role: MessageRole;
  /** Any Unicode text, at most 1 MiB of UTF-8. */
  readonly content: string;
  /** How long the answer took, in milliseconds. */
  readonly responseTimeMs?: number;
  readonly agentId?: string;
  readonly agentName?: string;
  /** `complete` if left out. */
  readonly status?: MessageStatus;
  /** Anything that JSON can hold. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** A message as it is kept. Within a session, order is `(createdAt, id)`. */
export interface Message {
  readonly sessionName: string;
  /** To the millisecond: the one inside `id`. */
  readonly createdAt: Date;
  /** UUID version 7 (RFC 9562). */
  readonly id: string;
  readonly role: MessageRole;
  readonly content: string;
  readonly responseTimeMs: number | null;
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly status: MessageStatus;
  readonly metadata: Readonly<Record<string, unknown>> | null;
}
