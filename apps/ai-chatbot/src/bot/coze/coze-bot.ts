import { setTimeout as delay } from 'node:timers/promises';
import type { EventSourceMessage } from 'eventsource-parser/stream';
import type { z } from 'zod';
import type { Bot, BotQuestion } from '../bot.js';
import { BotFailedError } from '../bot.errors.js';
import { BoundedMap } from './bounded-map.js';
import type { CozeClient } from './coze-client.js';
import { cozeChat, cozeMessage, cozeMessages } from './coze-contract.js';

export interface CozeBotOptions {
  readonly botId: string;
  readonly streaming: boolean;
  /** How often an answer that is not streamed is asked for. */
  readonly pollIntervalMs?: number;
}

/** Sessions whose conversation is remembered; a session that fell out begins a new conversation. */
const maxConversations = 10_000;

/** A bot published on Coze. Coze keeps the conversation; here is only its id, one a session, in memory. */
export class CozeBot implements Bot {
  private readonly conversations = new BoundedMap<string, string>(maxConversations);

  constructor(
    private readonly client: CozeClient,
    private readonly options: CozeBotOptions,
  ) {}

  async *answer(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    let isWhole = false;
    try {
      yield* this.options.streaming ? this.streamed(question) : this.polled(question);
      isWhole = true;
    } finally {
      // A run that was left behind keeps its conversation busy, and Coze would refuse the next question (code 4016).
      if (!isWhole) this.conversations.delete(question.sessionName);
    }
  }

  private async *streamed(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const events = this.client.stream(
      this.chatPath(question),
      this.chatBody(question, true),
      question.signal,
    );
    let hasDeltas = false;
    for await (const event of events) {
      switch (event.event) {
        case 'conversation.chat.created':
          this.conversations.set(question.sessionName, parse(cozeChat, event).conversation_id);
          yield '';
          break;
        case 'conversation.message.delta': {
          const text = answerIn(event);
          hasDeltas ||= text !== '';
          yield text;
          break;
        }
        case 'conversation.message.completed': {
          const text = answerIn(event);
          // It repeats the deltas; some bots (a workflow with a fixed answer) send none.
          yield hasDeltas ? '' : text;
          // A run may give several answers, each with deltas or without. What completes between them has no text here.
          if (text !== '') hasDeltas = false;
          break;
        }
        case 'conversation.chat.completed':
        case 'done':
          return;
        case 'conversation.chat.failed':
          throw new BotFailedError(
            `Coze failed with code ${parse(cozeChat, event).last_error?.code ?? 'unknown'}`,
          );
        case 'conversation.chat.requires_action':
          throw new BotFailedError('the Coze bot asks for a tool that this service does not have');
        case 'error':
          throw new BotFailedError('Coze sent an error');
        case undefined:
        default:
          yield '';
      }
    }
    throw new BotFailedError('the stream ended before the answer');
  }

  private async *polled(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const { signal, sessionName } = question;
    const begun = await this.client.ask(
      'POST',
      this.chatPath(question),
      this.chatBody(question, false),
      signal,
    );
    let chat = check(cozeChat, begun);
    const chatKey = { conversation_id: chat.conversation_id, chat_id: chat.id };
    this.conversations.set(sessionName, chat.conversation_id);
    while (chat.status !== 'completed') {
      if (chat.status !== 'created' && chat.status !== 'in_progress') {
        throw new BotFailedError(`Coze ended with status ${chat.status ?? 'unknown'}`);
      }
      yield '';
      await delay(this.options.pollIntervalMs ?? 500, undefined, { signal });
      chat = check(cozeChat, await this.client.ask('GET', '/v3/chat/retrieve', chatKey, signal));
    }
    const messages = await this.client.ask('GET', '/v3/chat/message/list', chatKey, signal);
    for (const message of check(cozeMessages, messages)) {
      if (message.type === 'answer') yield message.content ?? '';
    }
  }

  private chatPath({ sessionName }: BotQuestion): string {
    const conversation = this.conversations.get(sessionName);
    return `/v3/chat${conversation === undefined ? '' : `?conversation_id=${encodeURIComponent(conversation)}`}`;
  }

  private chatBody({ sessionName, text }: BotQuestion, stream: boolean): object {
    return {
      bot_id: this.options.botId,
      user_id: sessionName,
      stream,
      auto_save_history: true,
      additional_messages: [{ role: 'user', type: 'question', content: text, content_type: 'text' }],
    };
  }
}

function answerIn(event: EventSourceMessage): string {
  const message = parse(cozeMessage, event);
  return message.type === 'answer' ? (message.content ?? '') : '';
}

function parse<Schema extends z.ZodType>(schema: Schema, event: EventSourceMessage): z.infer<Schema> {
  try {
    return check(schema, JSON.parse(event.data));
  } catch {
    // Without its cause: a SyntaxError quotes what was said.
    throw new BotFailedError('Coze sent a malformed event');
  }
}

function check<Schema extends z.ZodType>(schema: Schema, data: unknown): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (!result.success) throw new BotFailedError('Coze answered in an unknown shape');
  return result.data;
}
