import { withScript } from '../bot-script.mts';
import { chatStream } from '../chat-client.mts';
import type { UnansweredTurn } from '../ledger.mts';
import type { Replica } from '../replica.mts';
import type { Scenario } from '../scenario.mts';
import type { Stage } from '../stage.mts';
import { readSessions } from '../stored-messages.mts';

/** What was asked so long before the signal has reached the service. */
const certainlyAskedMs = 100;
/** Longer than the grace of 2 s. */
const longAnswer = { pieceCount: 200, behaviour: { pieceDelayMs: 100 } };
const stopsWithinMs = 30_000;

/** SIGTERM: answers under way are given; one that is longer than the grace is kept as far as it was said. */
export const chatbotStopped: Scenario = {
  name: 'chatbot-stopped',
  fault: 'SIGTERM under load',
  count: { full: 10, short: 1 },
  async play(stage, count) {
    const atRisk: UnansweredTurn[] = [];
    await stage.underLoad(async () => {
      for (let stop = 0; stop < count; stop++) {
        await stage.pauseBetween(700, 1_500);
        atRisk.push(...(await stopOne(stage, stage.replicas[stop % 2]!, stop)));
      }
    });
    const cut = await begunOnes(stage, atRisk);
    if (cut.length > 0) {
      const ways = [...new Set(cut.map(({ how }) => how))].join(', ');
      stage.ledger.isBroken(`${cut.length} answers under way at SIGTERM were not given (${ways})`);
    }
  },
};

/** @returns the turns without an answer that had reached the service before the signal */
async function stopOne(stage: Stage, replica: Replica, number: number): Promise<UnansweredTurn[]> {
  const { ledger } = stage;
  const listening = listenLong(stage, replica, number);
  await stage.pause(500);
  const signalledAt = Date.now();
  const exitCode = await replica.terminate();
  const tookMs = Date.now() - signalledAt;
  await listening;
  if (exitCode !== 0) ledger.isBroken(`SIGTERM ended with exit code ${exitCode}`);
  if (tookMs > stopsWithinMs) ledger.isBroken(`SIGTERM took ${tookMs} ms`);
  await replica.start();
  return ledger.unanswered.filter(
    (turn) =>
      turn.replica === replica.name &&
      turn.endedAt >= signalledAt &&
      turn.askedAt < signalledAt - (turn.wasBegun ? 0 : certainlyAskedMs),
  );
}

/** A turn that still waited for its session may be refused: it was not begun, and nothing of it is kept. */
async function begunOnes({ database }: Stage, turns: readonly UnansweredTurn[]): Promise<UnansweredTurn[]> {
  const names = turns.flatMap(({ sessionName }) => sessionName ?? []);
  const sessions = await readSessions(database.url, [...new Set(names)]);
  return turns.filter(({ wasBegun, how, sessionName, question }) => {
    if (wasBegun || how !== 503 || sessionName === undefined) return true;
    return sessions.get(sessionName)?.messages.some(({ content }) => content === question);
  });
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
