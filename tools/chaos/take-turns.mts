import { answerPieces } from './bot-script.mts';
import { chat, type Outcome } from './chat-client.mts';
import type { ExpectedTurn } from './ledger.mts';
import type { Replica } from './replica.mts';
import type { Stage } from './stage.mts';

/** Runs `work` on every item, `atOnce` of them at a time; stops between items when the run is stopped. */
export async function forEachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  stopping: AbortSignal,
  work: (item: Item, at: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      stopping.throwIfAborted();
      const at = next++;
      await work(items[at]!, at);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/** Asks each question in a session of its own, and calls it a broken promise when one is not answered. */
export async function askAll(
  { ledger, stopping }: Stage,
  replica: Replica,
  questions: readonly string[],
  special: Pick<ExpectedTurn, 'mayBeMissing'> = {},
): Promise<void> {
  await forEachOf(questions, 25, stopping, async (question) => {
    const outcome = await chat(replica.url, { message: question });
    if (outcome.kind !== 'answered') {
      ledger.isBroken(`${replica.name} did not answer: ${wayOf(outcome)}`);
      return;
    }
    const { session_name: sessionName, message_id: questionId, reply, reply_id: replyId } = outcome.answer;
    if (outcome.answer.reply !== answerPieces(question).join('')) {
      ledger.isBroken(`a client got another reply than the bot gave (${replyId})`);
    }
    ledger.expect({
      ...{ sessionName, question, questionId, reply, replyId, replyStatus: 'complete', isSingle: true },
      ...special,
    });
  });
}

export function wayOf(outcome: Outcome): string {
  if (outcome.kind === 'refused') return `status ${outcome.status}`;
  return outcome.kind === 'lost' ? outcome.reason : outcome.kind;
}

/** Questions with long replies: some 20 KB a turn. */
export function longQuestions(count: number, name: string): string[] {
  return Array.from(
    { length: count },
    (_, at) => `${name} ${at} ${crypto.randomUUID()} ${'长 story '.repeat(1_000)}`,
  );
}
