import { withScript } from '../bot-script.mts';
import { chatStream } from '../chat-client.mts';
import type { Replica } from '../replica.mts';
import type { Scenario } from '../scenario.mts';
import type { Stage } from '../stage.mts';

/** What was asked so long before the signal has reached the service. */
const certainlyAskedMs = 100;
/** Longer than the grace of 3 s. */
const longAnswer = { pieceCount: 200, behaviour: { pieceDelayMs: 100 } };
const stopsWithinMs = 30_000;

/** SIGTERM: answers under way are given; one that is longer than the grace is kept as far as it was said. */
export const chatbotStopped: Scenario = {
  name: 'chatbot-stopped',
  fault: 'SIGTERM under load',
  count: { full: 10, short: 1 },
  play: (stage, count) =>
    stage.underLoad(async () => {
      for (let stop = 0; stop < count; stop++) {
        await stage.pauseBetween(700, 1_500);
        await stopOne(stage, stage.replicas[stop % 2]!, stop);
      }
    }),
};

async function stopOne(stage: Stage, replica: Replica, number: number): Promise<void> {
  const { ledger } = stage;
  const listening = listenLong(stage, replica, number);
  await stage.pause(500);
  const signalledAt = Date.now();
  const exitCode = await replica.terminate();
  const tookMs = Date.now() - signalledAt;
  await listening;
  if (exitCode !== 0) ledger.isBroken(`SIGTERM ended with exit code ${exitCode}`);
  if (tookMs > stopsWithinMs) ledger.isBroken(`SIGTERM took ${tookMs} ms`);
  const cut = ledger.unanswered.filter(
    (turn) =>
      turn.replica === replica.name &&
      turn.endedAt >= signalledAt &&
      (turn.wasBegun ? turn.askedAt < signalledAt : turn.askedAt < signalledAt - certainlyAskedMs),
  );
  if (cut.length > 0) {
    const ways = [...new Set(cut.map(({ how }) => how))].join(', ');
    ledger.isBroken(`${cut.length} answers under way at SIGTERM were not given (${ways})`);
  }
  await replica.start();
}

/** Hears an answer that the stop interrupts. */
async function listenLong({ ledger }: Stage, { url }: Replica, number: number): Promise<void> {
  const question = withScript(longAnswer, `${number} ${'a long story '.repeat(60)}`);
  const outcome = await chatStream(url, { message: question });
  if (outcome.kind !== 'refused' || outcome.status !== 503 || !outcome.begun) {
    const how = outcome.kind === 'refused' ? `status ${outcome.status}` : outcome.kind;
    ledger.isBroken(`an answer longer than the grace ended as ${how}, not with a 503 problem`);
  }
  if (!outcome.begun) return;
  const { session_name: sessionName, message_id: questionId } = outcome.begun;
  ledger.expect({
    ...{
      sessionName,
      question,
      questionId,
      reply: outcome.heard,
      replyStatus: 'interrupted',
      isSingle: true,
    },
  });
}
