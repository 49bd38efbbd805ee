import {
  chatResponse,
  chatStreamSession,
  chatProblem,
  type ChatProblem,
  type ChatRequest,
  type ChatResponse,
} from '@chat-history/http-contract';
import type { Chatbot } from './chatbot.js';
import { readEvents } from './read-events.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Of a turn that was answered. */
  readonly turn: ChatResponse;
  /** Of one that was not. */
  readonly problem: ChatProblem;
}

export interface Saying {
  /** Who answers; the customer's own replica if left out. */
  readonly to?: Chatbot;
  readonly key?: string;
  readonly as?: 'stream';
  /** In place of what the customer knows of his session. */
  readonly with?: Partial<ChatRequest>;
}

/** Talks in one session, with the token of it, as a page does. */
export class Customer {
  sessionName: string | undefined;
  sessionToken: string | undefined;

  constructor(private readonly chatbot: Chatbot) {}

  /** Says something and waits for the answer, or the problem. */
  async say(message: string, saying: Saying = {}): Promise<Answer> {
    const response = await this.post(message, saying);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    const body = isStream ? await lastEvent(response) : ((await response.json()) as unknown);
    const turn = chatResponse.safeParse(body);
    if (turn.success) this.remember(turn.data);
    return {
      status: turn.success ? response.status : chatProblem.parse(body).status,
      headers: response.headers,
      turn: turn.data as ChatResponse,
      problem: body as ChatProblem,
    };
  }

  async post(
    message: string,
    { to = this.chatbot, key, as, with: other }: Saying = {},
    signal?: AbortSignal,
  ) {
    const { sessionName: session_name, sessionToken: session_token } = this;
    return fetch(`${await to.app.getUrl()}/chat${as === 'stream' ? '/stream' : ''}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(key !== undefined && { 'Idempotency-Key': key }) },
      body: JSON.stringify({ message, session_name, session_token, ...other }),
      ...(signal && { signal }),
    });
  }

  private remember({ session_name, session_token }: ChatResponse): void {
    this.sessionName = session_name;
    this.sessionToken ??= session_token;
  }
}

/** The last event's data; the first was `session`. */
async function lastEvent(response: Response): Promise<unknown> {
  const events = [];
  for await (const event of readEvents(response)) events.push(event);
  chatStreamSession.parse(events[0]?.data);
  return events.at(-1)?.data;
}
