import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chat } from './chat-client.mts';
import type { Ledger } from './ledger.mts';
import type { Replica } from './replica.mts';
import type { Scenario } from './scenario.mts';
import { settled } from './settle.mts';
import { turnsPerSecond, type Stage } from './stage.mts';

const limits = { healthy: 1.05, databaseDown: 1.1 };
const warmUpMs = 8_000;
const measuredMs = 12_000;
/** After the first second of an outage. */
const noticedMs = 1_000;
const turnsASession = 4;
const settlesWithinMs = 60_000;

/**
 * p99 of `POST /chat` at 100 turns/s with a bot that takes 200 ms, against the same service with a store that does
 * nothing: the median of interleaved pairs, with the database healthy and stopped.
 */
export const latency: Scenario = {
  name: 'latency',
  fault: 'p99 against a store that does nothing',
  // Five seconds of it would say nothing.
  count: { full: 5, short: 0 },
  async play(stage, pairs) {
    await Promise.all(stage.replicas.map((replica) => replica.terminate()));
    const preloaded = path.join(import.meta.dirname, 'null-store.mjs');
    const nothing = await stage.extraReplica('chatbot-null-store', {}, preloaded);
    const real = await stage.extraReplica('chatbot-measured');
    for (const replica of [nothing, real]) {
      await replica.start();
      await p99Of(stage, replica, warmUpMs);
    }
    const healthy: number[] = [];
    const databaseDown: number[] = [];
    for (let pair = 0; pair < Math.max(1, pairs); pair++) {
      const inOrder = pair % 2 === 0 ? [nothing, real] : [real, nothing];
      const times = new Map<Replica, number>();
      for (const replica of inOrder) times.set(replica, await p99Of(stage, replica, measuredMs));
      await stage.database.goAway('stopped');
      await p99Of(stage, real, noticedMs);
      const downMs = await p99Of(stage, real, measuredMs);
      await stage.database.comeBack();
      await settled([real], settlesWithinMs, stage.stopping);
      const [nothingMs, healthyMs] = [times.get(nothing)!, times.get(real)!];
      healthy.push(healthyMs / nothingMs);
      databaseDown.push(downMs / nothingMs);
      const shown = [nothingMs, healthyMs, downMs].map((ms) => ms.toFixed(1)).join(', ');
      stage.ledger.note(`p99 in ms without a store, healthy, database down: ${shown}`);
    }
    judge(stage.ledger, 'with a healthy database', healthy, limits.healthy);
    judge(stage.ledger, 'with the database down', databaseDown, limits.databaseDown);
    await Promise.all([nothing, real].map((replica) => replica.terminate()));
  },
};

function judge(ledger: Ledger, when: string, ratios: readonly number[], limit: number): void {
  const median = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  const line = `p99 ${when} is ${median.toFixed(3)} times that without a store; at most ${limit} (${ratios.map((ratio) => ratio.toFixed(3)).join(', ')})`;
  if (median > limit) ledger.isBroken(line);
  else ledger.note(line);
}

/** Of an open loop, in milliseconds; every answer is compared with the database afterwards. */
async function p99Of(stage: Stage, replica: Replica, durationMs: number): Promise<number> {
  const tookMs: number[] = [];
  const turns: Promise<void>[] = [];
  const sessions: MeasuredSession[] = [];
  const startedAt = performance.now();
  while (performance.now() - startedAt < durationMs) {
    stage.stopping.throwIfAborted();
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * turnsPerSecond);
    while (turns.length < due) {
      const session = sessions.shift() ?? new MeasuredSession();
      const turn = session.turn(stage, replica).then((ms) => {
        if (ms !== undefined) tookMs.push(ms);
        if (session.turns < turnsASession) sessions.push(session);
      });
      turns.push(turn);
    }
    await delay(1);
  }
  await Promise.all(turns);
  const sorted = tookMs.sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Infinity;
}

class MeasuredSession {
  turns = 0;
  #name: string | undefined;
  #token: string | undefined;

  /** @returns milliseconds; undefined without an answer, which is a broken promise. */
  async turn({ ledger }: Stage, replica: Replica): Promise<number | undefined> {
    this.turns++;
    const message = `how long does it take? ${crypto.randomUUID()}`;
    const startedAt = performance.now();
    const outcome = await chat(replica.url, { message, sessionName: this.#name, sessionToken: this.#token });
    const ms = performance.now() - startedAt;
    if (outcome.kind !== 'answered') {
      ledger.isBroken(`${replica.name} did not answer while it was measured`);
      return undefined;
    }
    this.#name = outcome.answer.session_name;
    this.#token ??= outcome.answer.session_token;
    if (!replica.keepsNothing) {
      const { session_name: sessionName, message_id: questionId, reply, reply_id: replyId } = outcome.answer;
      ledger.expect({
        ...{
          sessionName,
          question: message,
          questionId,
          reply,
          replyId,
          replyStatus: 'complete',
          isSingle: true,
        },
      });
    }
    return ms;
  }
}
