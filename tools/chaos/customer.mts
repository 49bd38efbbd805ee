import { setTimeout as delay } from 'node:timers/promises';
import type { ChatResponse } from '@chat-history/http-contract';
import { answerPieces } from './bot-script.mts';
import { chat, chatStream, type Ask, type Outcome } from './chat-client.mts';
import type { Database } from './database.mts';
import type { ExpectedTurn, Ledger, UnansweredTurn } from './ledger.mts';
import type { Replica } from './replica.mts';
import { storable } from './storable.mts';

/** Where a customer lives. */
export interface Town {
  readonly replicas: readonly Replica[];
  readonly database: Database;
  readonly ledger: Ledger;
  readonly random: () => number;
  readonly stopping: AbortSignal;
}

/** Out of 100. */
const habits = { stream: 25, key: 25, repeatAnswered: 20, otherReplica: 20, giveUp: 50 };
const turnsASession = { min: 1, max: 6 };
/** Enough for a lease of a killed process (15 s) to go stale. */
const maxAttempts = 60;
const retryDelayMs = 300;

let made = 0;

/**
 * Takes the turns of one session, one after another, now and then on another replica, some as streams, some with an
 * Idempotency-Key, which it repeats until it is answered.
 */
export class Customer {
  readonly #town: Town;
  readonly #number = ++made;
  #home: Replica | undefined;
  #sessionName: string | undefined;
  #sessionToken: string | undefined;
  #turnsLeft: number;
  #asked = 0;

  constructor(town: Town) {
    this.#town = town;
    this.#turnsLeft = turnsASession.min + Math.floor(town.random() * turnsASession.max);
  }

  get isGone(): boolean {
    return this.#turnsLeft === 0;
  }

  /** Never rejects. */
  async takeTurn(): Promise<void> {
    this.#turnsLeft--;
    const isStreamed = this.#chance(habits.stream);
    const idempotencyKey = this.#chance(habits.key) ? `chaos-key-${crypto.randomUUID()}` : undefined;
    const ask: Ask = {
      message: `question ${++this.#asked} of customer ${this.#number} (${crypto.randomUUID()}), 请问 é 👍🏽`,
      sessionName: this.#sessionName,
      sessionToken: this.#sessionToken,
      idempotencyKey,
    };
    const begunAt = Date.now();
    for (let attempt = 1; ; attempt++) {
      const replica = this.#replica();
      const incarnation = replica.incarnation;
      const outcome = await (isStreamed ? chatStream : chat)(replica.url, ask);
      if (outcome.kind === 'answered') {
        this.#check(ask, outcome);
        if (attempt === 1) this.#noteTime(outcome);
        const inOneProcess =
          idempotencyKey !== undefined && this.#chance(habits.repeatAnswered)
            ? await this.#repeat(ask, outcome.answer, replica, incarnation)
            : undefined;
        const wasRepeated = attempt > 1 || inOneProcess !== undefined;
        // Without the database, a repeat is known only to the process that took the first.
        const isSingle =
          (attempt === 1 && inOneProcess !== false) || this.#town.database.wasThereSince(begunAt);
        this.#expect(ask, outcome.answer, { isSingle, wasRepeated });
        return;
      }
      if (idempotencyKey === undefined || attempt === maxAttempts || !mayRepeat(outcome)) {
        this.#miss(replica, ask, outcome);
        return;
      }
      if (this.#town.stopping.aborted) return;
      await delay(retryDelayMs);
    }
  }

  #check(ask: Ask, { answer, heard, begun }: Outcome & { kind: 'answered' }): void {
    const { ledger } = this.#town;
    const { session_name, session_token, reply, reply_id, status } = answer;
    this.#sessionName = session_name;
    this.#sessionToken ??= session_token;
    const said = storable(answerPieces(ask.message).join(''));
    if (reply !== said) ledger.isBroken(`a client got another reply than the bot gave (${reply_id})`);
    if (begun && storable(heard) !== reply) ledger.isBroken(`deltas differ from the reply (${reply_id})`);
    if (status !== 'complete') ledger.isBroken(`200 with the status ${status} (${reply_id})`);
  }

  #noteTime({ askedAt, endedAt }: Outcome): void {
    const { ledger } = this.#town;
    ledger.slowestAnswerMs = Math.max(ledger.slowestAnswerMs, endedAt - askedAt);
  }

  #expect(ask: Ask, answer: ChatResponse, how: Pick<ExpectedTurn, 'isSingle' | 'wasRepeated'>): void {
    const { session_name: sessionName, message_id: questionId, reply, reply_id: replyId } = answer;
    this.#town.ledger.expect({
      ...{ sessionName, question: ask.message, questionId, reply, replyId, replyStatus: 'complete', ...how },
    });
  }

  /**
   * The same key again must give the same result.
   * @returns whether it went to the process that answered the first, which knows it also without the database.
   */
  async #repeat(ask: Ask, first: ChatResponse, replica: Replica, incarnation: number): Promise<boolean> {
    const { database, ledger } = this.#town;
    const begunAt = Date.now();
    const elsewhere = this.#chance(50) ? this.#replica() : replica;
    const outcome = await chat(elsewhere.url, ask);
    const isSameProcess = elsewhere === replica && replica.incarnation === incarnation;
    const isKnown = isSameProcess || database.wasThereSince(begunAt);
    if (outcome.kind === 'answered' && isKnown) {
      const { reply_id: replyId, reply } = outcome.answer;
      if (replyId !== first.reply_id || reply !== first.reply) {
        ledger.answeredTwice.push(first.reply_id);
      }
    }
    return isSameProcess;
  }

  #miss(replica: Replica, { message: question, sessionName }: Ask, outcome: Outcome): void {
    const { askedAt, endedAt, begun } = outcome;
    const how: UnansweredTurn['how'] = outcome.kind === 'refused' ? outcome.status : 'lost';
    const wasBegun = begun !== undefined;
    this.#town.ledger.missed({
      ...{ replica: replica.name, question, sessionName, askedAt, endedAt, wasBegun, how },
    });
    this.#sessionName ??= begun?.session_name;
    this.#sessionToken ??= begun?.session_token;
    // Who was told no session and token has nothing to go on with.
    const canGoOn = this.#sessionName !== undefined && this.#sessionToken !== undefined;
    if (!canGoOn || this.#chance(habits.giveUp)) this.#turnsLeft = 0;
  }

  /** Home, if it takes requests; now and then another. */
  #replica(): Replica {
    const { replicas, random } = this.#town;
    const open = replicas.filter(({ takesRequests }) => takesRequests);
    const any = () =>
      (open.length > 0 ? open : replicas)[Math.floor(random() * (open.length || replicas.length))]!;
    this.#home ??= any();
    return this.#home.takesRequests && !this.#chance(habits.otherReplica) ? this.#home : any();
  }

  #chance(percent: number): boolean {
    return this.#town.random() * 100 < percent;
  }
}

/** The connection broke, the session was busy, or the service said to come again. */
function mayRepeat(outcome: Outcome): boolean {
  return outcome.kind === 'lost' || (outcome.kind === 'refused' && [409, 503].includes(outcome.status));
}
