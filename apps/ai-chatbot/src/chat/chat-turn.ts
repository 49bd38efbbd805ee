import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { MessageWriter, type Message, type MessageStatus } from '@chat-history/message-store';
import { v7 as uuidV7 } from 'uuid';
import { BotAbandonedError, BotFailedError } from '../bot/bot.errors.js';
import { BotPolicy } from '../bot/bot-policy.js';

/**
 * How long answers under way may go on when the service stops. The shell cuts connections 4 s after it took the last
 * one, and customers must hear before that what became of their answer.
 */
const stopGraceMs = 2_000;

export interface Question {
  readonly text: string;
  /** A session begins when none is named. */
  readonly sessionName?: string | undefined;
}

/** One question and its whole answer, as they are kept. */
export interface Turn {
  readonly question: Message;
  readonly reply: Message;
}

/** Who wants to hear of a turn while it goes on. It must not throw. */
export interface TurnListener {
  /** The question is remembered. */
  begun?(question: Message): void;
  /** The bot said so much more. */
  said?(text: string): void;
}

/** Takes turns: remembers the question, asks the bot, remembers the answer. */
@Injectable()
export class ChatTurn implements BeforeApplicationShutdown {
  private readonly running = new Set<Promise<unknown>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly writer: MessageWriter,
    private readonly bot: BotPolicy,
  ) {}

  /**
   * The turn is the service's own: it goes on to its end, and is remembered, whether or not the caller still waits.
   * @throws BotFailedError, BotTimeoutError or BotAbandonedError; what was said so far is then kept as `interrupted`,
   * or an empty answer as `failed`.
   */
  async take({ text, sessionName = uuidV7() }: Question, listener: TurnListener = {}): Promise<Turn> {
    const { message: question } = this.writer.save({ sessionName, role: 'user', content: text });
    listener.begun?.(question);
    const answered = this.answer(question, listener);
    this.running.add(answered);
    try {
      return { question, reply: await answered };
    } finally {
      this.running.delete(answered);
    }
  }

  /**
   * Lets answers under way end for a while; then the rest are cut, remembered so, and their customers told, while they
   * are still connected and before the store drains and closes.
   */
  async beforeApplicationShutdown(): Promise<void> {
    const allEnded = Promise.allSettled(this.running);
    await Promise.race([allEnded, delay(stopGraceMs, undefined, { ref: false })]);
    this.stopping.abort(new BotAbandonedError('the service is stopping'));
    await Promise.allSettled(this.running);
  }

  private async answer(question: Message, listener: TurnListener): Promise<Message> {
    const { sessionName, content: text } = question;
    const startedAt = performance.now();
    let content = '';
    const remember = (status: MessageStatus) => {
      const responseTimeMs = Math.round(performance.now() - startedAt);
      return this.writer.save({ sessionName, role: 'assistant', content, status, responseTimeMs }).message;
    };
    try {
      for await (const piece of this.bot.answer({ sessionName, text, signal: this.stopping.signal })) {
        content += piece;
        if (piece !== '') listener.said?.(piece);
      }
      if (content === '') throw new BotFailedError('the bot said nothing');
    } catch (error) {
      remember(content === '' ? 'failed' : 'interrupted');
      throw error;
    }
    return remember('complete');
  }
}
