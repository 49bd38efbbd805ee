import type { Bot, BotQuestion } from './bot.js';
import { BotFailedError, BotTimeoutError } from './bot.errors.js';

export interface BotLimits {
  /** From the question to the end of the answer. */
  readonly totalTimeoutMs: number;
  /** Before the first piece and between two. */
  readonly idleTimeoutMs: number;
}

/**
 * The most that is taken of one answer, in UTF-16 code units; in UTF-8 it is at most 786,432 bytes, and the store takes
 * 1 MiB.
 */
const maxAnswerLength = 262_144;

/** How this service deals with its bot, whichever it is: no answer takes forever, and none is endless. */
export class BotPolicy implements Bot {
  constructor(
    private readonly bot: Bot,
    private readonly limits: BotLimits,
  ) {}

  /** @throws BotTimeoutError, BotFailedError, or the reason of the question's own signal. */
  async *answer(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const { totalTimeoutMs, idleTimeoutMs } = this.limits;
    const stop = new AbortController();
    const giveUp = (reason: string) => stop.abort(new BotTimeoutError(reason));
    const total = setTimeout(giveUp, totalTimeoutMs, `the answer took over ${totalTimeoutMs} ms`);
    const idle = setTimeout(giveUp, idleTimeoutMs, `the bot was silent for ${idleTimeoutMs} ms`);
    const signal = AbortSignal.any([question.signal, stop.signal]);
    const pieces = this.bot.answer({ ...question, signal })[Symbol.asyncIterator]();
    const aborted = rejectionOf(signal);
    let length = 0;
    try {
      for (;;) {
        // Raced, because a bot that does not heed its signal must not hold up the turn.
        const { done, value } = await Promise.race([pieces.next(), aborted]);
        if (done) return;
        idle.refresh();
        length += value.length;
        if (length > maxAnswerLength)
          throw new BotFailedError(`the answer is over ${maxAnswerLength} characters`);
        yield value;
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(total);
      clearTimeout(idle);
      stop.abort(new BotFailedError('nobody reads on'));
      void pieces.return?.().catch(() => undefined);
    }
  }
}

/** Rejects with the signal's reason when it is aborted; never settles otherwise. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  const rejection = new Promise<never>((_resolve, reject) => {
    const onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  // It may be aborted when nobody races it any more.
  rejection.catch(() => undefined);
  return rejection;
}
