import { setTimeout as delay } from 'node:timers/promises';
import type { z } from 'zod';
import type { BotQuestion } from '../bot.js';
import { BotFailedError } from '../bot.errors.js';
import { CozeRefusalError, tooManyCode, type CozeClient } from './coze-client.js';
import { cozeChat } from './coze-contract.js';
import { noteOfEnded, readNote, type CozeNote } from './coze-note.js';

/** Coze's code for a conversation in which a run goes on. */
const busyCode = 4016;

/** For how long a run that was left behind may take to end after it was cancelled. */
const maxSettlingMs = 10_000;

/** Asks in the session's conversation, and sees to it that no session stays stuck in one that takes no question. */
export class CozeConversation {
  constructor(
    private readonly client: CozeClient,
    private readonly pollIntervalMs: number,
  ) {}

  /**
   * Asks by `ask`, which is given the conversation to ask in, if there is one. When it is busy, cancels the run that
   * was left behind and asks again; when that does not help, or Coze knows the conversation no more, asks in a new one.
   * Gives signs of life.
   */
  async *open<Answer>(
    question: BotQuestion,
    ask: (conversationId: string | undefined) => Promise<Answer>,
  ): AsyncGenerator<string, Answer, undefined> {
    const note = readNote(question.conversation);
    if (!note) return ask(undefined);
    const inConversation = () => ask(note.conversation_id).catch(refusalOnly);
    let answer = await inConversation();
    if (answer instanceof CozeRefusalError && answer.code === busyCode && note.chat_id !== undefined) {
      // The run is cancelled once: when its end is not seen in time, the next question begins anew at once.
      question.keepConversation(noteOfEnded(note));
      const hasEnded = yield* this.settle(note, note.chat_id, question.signal);
      if (hasEnded) answer = await inConversation();
    }
    if (!(answer instanceof CozeRefusalError)) return answer;
    if (answer.code === tooManyCode) throw answer;
    return ask(undefined);
  }

  /** Cancels a run and waits until it has ended; gives whether it has. */
  private async *settle(
    { conversation_id }: CozeNote,
    chat_id: string,
    signal: AbortSignal,
  ): AsyncGenerator<string, boolean, undefined> {
    const run = { conversation_id, chat_id };
    const until = performance.now() + maxSettlingMs;
    let seen = await this.client.ask('POST', '/v3/chat/cancel', run, signal).catch(refusalOnly);
    while (!(seen instanceof CozeRefusalError)) {
      if (!isRunning(check(cozeChat, seen).status)) return true;
      if (performance.now() > until) return false;
      yield '';
      await delay(this.pollIntervalMs, undefined, { signal });
      seen = await this.client.ask('GET', '/v3/chat/retrieve', run, signal).catch(refusalOnly);
    }
    return false;
  }
}

/** A run that wants a tool waits for it, and keeps its conversation busy. */
export function isRunning(status: string | undefined): boolean {
  return status === 'created' || status === 'in_progress' || status === 'requires_action';
}

/** @throws BotFailedError when Coze's data has not the shape that its documentation says. */
export function check<Schema extends z.ZodType>(schema: Schema, data: unknown): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (!result.success) throw new BotFailedError('Coze answered in an unknown shape');
  return result.data;
}

function refusalOnly(error: unknown): CozeRefusalError {
  if (error instanceof CozeRefusalError) return error;
  throw error;
}
