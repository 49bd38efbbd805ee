import fc from 'fast-check';
import { answerPieces } from '../bot-script.mts';
import { chat, chatStream } from '../chat-client.mts';
import { nastyTexts } from '../nasty-texts.mts';
import { storable } from '../storable.mts';
import type { Scenario } from '../scenario.mts';
import type { Stage } from '../stage.mts';
import { forEachOf, wayOf } from '../take-turns.mts';

const atOnce = 30;
/** As the service counts. */
const maxLength = 32_000;

/** Any code point, also those that mean nothing, and lone halves of surrogate pairs. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    minLength: 1,
  }),
);

/** What is said, whatever it is, is what is stored, as question and as reply. */
export const hostileTexts: Scenario = {
  name: 'hostile-texts',
  fault: 'hostile texts',
  count: { full: 5_000, short: 300 },
  async play(stage, count) {
    const nasty = nastyTexts.slice(0, count);
    const seed = Math.floor(stage.random() * 2 ** 31);
    const any = fc.sample(anyText.filter(isTaken), { seed, numRuns: count - nasty.length });
    await forEachOf([...nasty, ...any], atOnce, stage.stopping, (text, at) => say(stage, text, at));
  },
};

/** Others are refused as bad input. */
function isTaken(text: string): boolean {
  return text.trim() !== '' && text.length <= maxLength;
}

async function say({ replicas, ledger }: Stage, question: string, at: number): Promise<void> {
  const { url } = replicas[at % 2]!;
  const outcome = await (at % 4 < 2 ? chat : chatStream)(url, { message: question });
  if (outcome.kind !== 'answered') {
    ledger.isBroken(`${JSON.stringify(question.slice(0, 60))} was not answered: ${wayOf(outcome)}`);
    return;
  }
  const { session_name: sessionName, message_id: questionId, reply, reply_id: replyId } = outcome.answer;
  if (reply !== storable(answerPieces(question).join(''))) {
    ledger.isBroken(`another reply than the bot's (${replyId}) to ${JSON.stringify(question.slice(0, 60))}`);
  }
  if (outcome.begun && storable(outcome.heard) !== reply) ledger.isBroken(`deltas differ (${replyId})`);
  ledger.expect({
    ...{ sessionName, question, questionId, reply, replyId, replyStatus: 'complete', isSingle: true },
  });
}
