import type { Bot, BotQuestion } from './bot.js';
import { BotFailedError, BotTimeoutError } from './bot.errors.js';
import type { Handover } from './handover.js';

/**
 * The most that is taken of one answer, in UTF-16 code units; in UTF-8 it is at most 786,432 bytes, and the store takes
 * 1 MiB.
 */
const maxAnswerLength = 262_144;

/** Of one answer, those that are empty too: what a model only thinks comes as such. */
const maxPieces = 1_000_000;

/**
 * Asks the bot once and hands over what it says, until the answer is whole.
 * @throws BotTimeoutError when it is silent for `idleTimeoutMs`, BotFailedError, or the reason of the question's signal.
 */
export async function attempt(
  bot: Bot,
  question: BotQuestion,
  answer: Handover,
  idleTimeoutMs: number,
): Promise<void> {
  const stop = new AbortController();
  const giveUp = () => stop.abort(new BotTimeoutError(`the bot was silent for ${idleTimeoutMs} ms`));
  const idle = setTimeout(giveUp, idleTimeoutMs);
  const signal = AbortSignal.any([question.signal, stop.signal]);
  const aborted = rejectionOf(signal);
  const pieces = bot.answer({ ...question, signal })[Symbol.asyncIterator]();
  const takePieces = async () => {
    let length = 0;
    for (let count = 1; ; count++) {
      const { done, value } = await pieces.next();
      // Given up: by now the next attempt may have the same answer to say.
      if (signal.aborted) return;
      if (done) break;
      idle.refresh();
      length += value.length;
      if (length > maxAnswerLength)
        throw new BotFailedError(`the answer is over ${maxAnswerLength} characters`);
      if (count > maxPieces) throw new BotFailedError(`the answer has over ${maxPieces} pieces`);
      answer.push(value);
    }
    if (length === 0) throw new BotFailedError('the bot said nothing');
  };
  try {
    // Raced, because a bot that does not heed its signal must not hold up the turn; and once, because what races with a
    // promise that lasts is kept as long as that: each piece kept 400 bytes.
    await Promise.race([takePieces(), aborted]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(idle);
    stop.abort(new BotFailedError('nobody reads on'));
    void pieces.return?.().catch(() => undefined);
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
