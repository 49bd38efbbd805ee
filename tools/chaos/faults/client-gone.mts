import { answerPieces, withScript } from '../bot-script.mts';
import { chat, chatStream } from '../chat-client.mts';
import type { Scenario } from '../scenario.mts';
import type { Stage } from '../stage.mts';
import { forEachOf, wayOf } from '../take-turns.mts';

const deltas = 40;
const script = { pieceCount: deltas, behaviour: { pieceDelayMs: 20 } };
const text = 'Es war einmal ein 客户, der ging, 👍🏽 bevor er alles gehört hatte. '.repeat(4);

/** The client hangs up after every single delta: the answer is read to its end and stored complete. */
export const clientGone: Scenario = {
  name: 'client-gone',
  fault: 'client gone at every delta of 40',
  count: { full: deltas, short: 6 },
  async play(stage, count) {
    const positions = Array.from({ length: count }, (_, at) => Math.round(((at + 1) * deltas) / count));
    await forEachOf([0, ...positions], 10, stage.stopping, (position) => leaveStream(stage, position));
    await leaveRequest(stage);
  },
};

async function leaveStream({ replicas, ledger }: Stage, position: number): Promise<void> {
  const question = withScript(script, `${position}: ${text}`);
  const outcome = await chatStream(replicas[position % 2]!.url, { message: question }, position);
  if (outcome.kind !== 'left' || !outcome.begun) {
    ledger.isBroken(`a stream could not be left after ${position} deltas: ${wayOf(outcome)}`);
    return;
  }
  const { session_name: sessionName, message_id: questionId } = outcome.begun;
  const reply = answerPieces(question).join('');
  if (!reply.startsWith(outcome.heard)) ledger.isBroken(`the deltas are not the bot's (${questionId})`);
  ledger.expect({
    ...{ sessionName, question, questionId, reply, replyStatus: 'complete', isSingle: true },
  });
}

/** The same with an answer that comes at once. */
async function leaveRequest(stage: Stage): Promise<void> {
  const { replicas, ledger } = stage;
  const question = withScript(script, `no stream: ${text}`);
  const sessionName = `left ${crypto.randomUUID()}`;
  const leave = new AbortController();
  const asked = chat(replicas[0].url, { message: question, sessionName }, leave.signal);
  await stage.pause(300);
  leave.abort();
  const outcome = await asked;
  if (outcome.kind !== 'left') ledger.isBroken(`a request could not be left: ${wayOf(outcome)}`);
  const reply = answerPieces(question).join('');
  ledger.expect({ ...{ sessionName, question, reply, replyStatus: 'complete', isSingle: true } });
}
