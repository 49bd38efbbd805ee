import { setTimeout as delay } from 'node:timers/promises';
import type { EventSourceMessage } from 'eventsource-parser/stream';
import type { z } from 'zod';
import type { Bot, BotQuestion } from '../bot.js';
import { BotFailedError } from '../bot.errors.js';
import type { CozeClient } from './coze-client.js';
import { cozeChat, cozeMessage, cozeMessages } from './coze-contract.js';
import { check, CozeConversation } from './coze-conversation.js';
import { noteOfEnded, noteOfRunning } from './coze-note.js';

export interface CozeBotOptions {
  readonly botId: string;
  readonly streaming: boolean;
  /** How often Coze is asked for the state of a run. */
  readonly pollIntervalMs?: number;
}

/** A bot published on Coze, which keeps the conversation itself. */
export class CozeBot implements Bot {
  private readonly pollIntervalMs: number;
  private readonly conversation: CozeConversation;

  constructor(
    private readonly client: CozeClient,
    private readonly options: CozeBotOptions,
  ) {
    this.pollIntervalMs = options.pollIntervalMs ?? 500;
    this.conversation = new CozeConversation(client, this.pollIntervalMs);
  }

  answer(question: BotQuestion): AsyncIterable<string> {
    return this.options.streaming ? this.streamed(question) : this.polled(question);
  }

  private async *streamed(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const { signal } = question;
    const body = this.chatBody(question);
    const events = yield* this.conversation.open(question, (conversationId) =>
      this.client.stream(chatPath(conversationId), body, signal),
    );
    let hasDeltas = false;
    for await (const event of events) {
      switch (event.event) {
        case 'conversation.chat.created':
          question.keepConversation(noteOfRunning(parse(cozeChat, event)));
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
          question.keepConversation(noteOfEnded(parse(cozeChat, event)));
          return;
        case 'conversation.chat.failed': {
          const chat = parse(cozeChat, event);
          question.keepConversation(noteOfEnded(chat));
          throw new BotFailedError(`Coze failed with code ${chat.last_error?.code ?? 'unknown'}`);
        }
        case 'conversation.chat.requires_action':
          throw new BotFailedError('the Coze bot asks for a tool that this service does not have');
        case 'done':
          return;
        case 'error':
          throw new BotFailedError('Coze sent an error');
        case undefined:
        default:
          yield '';
      }
    }
    throw new BotFailedError('the stream ended before the answer', { isTransient: true });
  }

  private async *polled(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const { signal } = question;
    const body = this.chatBody(question);
    const begun = yield* this.conversation.open(question, (conversationId) =>
      this.client.ask('POST', chatPath(conversationId), body, signal),
    );
    let chat = check(cozeChat, begun);
    const run = { conversation_id: chat.conversation_id, chat_id: chat.id };
    question.keepConversation(noteOfRunning(chat));
    while (chat.status === 'created' || chat.status === 'in_progress') {
      yield '';
      await delay(this.pollIntervalMs, undefined, { signal });
      chat = check(cozeChat, await this.client.ask('GET', '/v3/chat/retrieve', run, signal));
    }
    if (chat.status !== 'requires_action') question.keepConversation(noteOfEnded(chat));
    if (chat.status !== 'completed') {
      throw new BotFailedError(`Coze ended with status ${chat.status ?? 'unknown'}`);
    }
    const messages = await this.client.ask('GET', '/v3/chat/message/list', run, signal);
    for (const message of check(cozeMessages, messages)) {
      if (message.type === 'answer') yield message.content ?? '';
    }
  }

  private chatBody({ sessionName, text }: BotQuestion): object {
    return {
      bot_id: this.options.botId,
      user_id: sessionName,
      stream: this.options.streaming,
      auto_save_history: true,
      additional_messages: [{ role: 'user', type: 'question', content: text, content_type: 'text' }],
    };
  }
}

function chatPath(conversationId: string | undefined): string {
  return `/v3/chat${conversationId === undefined ? '' : `?conversation_id=${encodeURIComponent(conversationId)}`}`;
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
