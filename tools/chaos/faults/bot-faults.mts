import type { ChatResponse } from '@chat-history/http-contract';
import { answerPieces, withScript } from '../bot-script.mts';
import { chat, chatStream, type Ask, type Outcome } from '../chat-client.mts';
import type { Replica } from '../replica.mts';
import type { Scenario } from '../scenario.mts';
import type { Stage } from '../stage.mts';
import { forEachOf, wayOf } from '../take-turns.mts';
import { botCases, type BotCase } from './bot-cases.mts';

/** Answer at once and stream. */
const ways = 2;
const runs = botCases.length * ways;

/** Whatever Coze does, the client hears it, the exact text so far is kept, and the session goes on. */
export const botFaults: Scenario = {
  name: 'bot-faults',
  fault: 'Coze cut, busy, refusing, slow, stalled, malformed',
  count: { full: runs, short: runs },
  async play(stage) {
    const all = botCases.flatMap((botCase) => [false, true].map((isStreamed) => ({ botCase, isStreamed })));
    await forEachOf(all, runs, stage.stopping, ({ botCase, isStreamed }, at) =>
      new CasePlay(stage, stage.replicas[Math.floor(at / ways) % 2]!, botCase, isStreamed).play(),
    );
  },
};

class CasePlay {
  readonly #stage: Stage;
  readonly #replica: Replica;
  readonly #case: BotCase;
  readonly #isStreamed: boolean;
  readonly #name: string;
  /** Under a name of the service's own: with one of his own a customer is refused while the database is slow. */
  #session: Pick<ChatResponse, 'session_name' | 'session_token'> | undefined;

  constructor(stage: Stage, replica: Replica, botCase: BotCase, isStreamed: boolean) {
    this.#stage = stage;
    this.#replica = replica;
    this.#case = botCase;
    this.#isStreamed = isStreamed;
    this.#name = `${botCase.what} (${isStreamed ? 'stream' : 'at once'})`;
  }

  /** A turn that goes well, the one with the fault, and one that must go well again. */
  async play(): Promise<void> {
    const { script, status } = this.#case;
    await this.#turn(`hello, ${this.#name}`, 200);
    await this.#turn(withScript(script, `${this.#name}: 我要退款 👍🏽 déjà vu ${crypto.randomUUID()}`), status);
    await this.#turn('and now?', 200);
  }

  async #turn(question: string, status: number): Promise<void> {
    const { ledger } = this.#stage;
    const outcome = await this.#ask({
      message: question,
      sessionName: this.#session?.session_name,
      sessionToken: this.#session?.session_token,
    });
    const got = outcome.kind === 'answered' ? 200 : outcome.kind === 'refused' ? outcome.status : 0;
    if (got !== status) {
      ledger.isBroken(
        `${this.#name}: ${status} was to come of ${question.slice(0, 20)}, not ${wayOf(outcome)}`,
      );
      return;
    }
    if (outcome.kind === 'refused' && /secret|退款/.test(outcome.body)) {
      ledger.isBroken(`${this.#name}: the problem quotes what was said`);
    }
    if (outcome.kind === 'answered') this.#session ??= outcome.answer;
    this.#expect(question, outcome, status === 200 ? undefined : this.#case.keptPieces);
  }

  #ask(ask: Ask): Promise<Outcome> {
    return (this.#isStreamed ? chatStream : chat)(this.#replica.url, ask);
  }

  /** @param keptPieces all if undefined. */
  #expect(question: string, outcome: Outcome, keptPieces: number | undefined): void {
    const { ledger } = this.#stage;
    // Without one its first turn is told as broken already.
    if (!this.#session) return;
    const reply = answerPieces(question).slice(0, keptPieces).join('');
    if (this.#isStreamed && outcome.heard !== reply)
      ledger.isBroken(`${this.#name}: not all deltas were heard`);
    const ids =
      outcome.kind === 'answered'
        ? { questionId: outcome.answer.message_id, replyId: outcome.answer.reply_id }
        : { questionId: outcome.begun?.message_id };
    const replyStatus = keptPieces === undefined ? 'complete' : keptPieces === 0 ? 'failed' : 'interrupted';
    ledger.expect({
      ...{ sessionName: this.#session.session_name, question, ...ids, reply, replyStatus, isSingle: true },
    });
  }
}
