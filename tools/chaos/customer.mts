import { setTimeout as delay } from 'node:timers/promises';
import type { ChatResponse } from '@chat-history/http-contract';
import { answerPieces } from './bot-script.mts';
import { chat, chatStream, type Ask, type Outcome } from './chat-client.mts';
import type { Database } from './database.mts';
import type { Ledger, UnansweredTurn } from './ledger.mts';
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
        this.#remember(ask, outcome, begunAt, attempt);
        if (idempotencyKey !== undefined && this.#chance(habits.repeatAnswered)) {
          await this.#repeat(ask, outcome.answer, replica, incarnation);
        }
        return;
      }
      if (idempotencyKey === undefined || attempt === maxAttempts || !mayRepeat(outcome)) {
        this.#miss(replica, outcome);
        return;
      }
      if (this.#town.stopping.aborted) return;
      await delay(retryDelayMs);
    }
  }

  #remember(
    ask: Ask,
    { answer, heard, begun, askedAt, endedAt }: Outcome & { kind: 'answered' },
    begunAt: number,
    attempt: number,
  ) {
    const { ledger, database } = this.#town;
    const { session_name: sessionName, message_id: questionId, reply, reply_id: replyId } = answer;
    this.#sessionName = sessionName;
    this.#sessionToken ??= answer.session_token;
    // Without the database, a repeat is known only to the process that took the first.
    const isSingle = attempt === 1 || database.wasThereSince(begunAt);
    ledger.expect({
      ...{
        sessionName,
        question: ask.message,
        questionId,
        reply,
        replyId,
        replyStatus: 'complete',
        isSingle,
      },
    });
    if (attempt === 1) ledger.slowestAnswerMs = Math.max(ledger.slowestAnswerMs, endedAt - askedAt);
    const said = storable(answerPieces(ask.message).join(''));
    if (reply !== said) ledger.isBroken(`a client got another reply than the bot gave (${replyId})`);
    if (begun && storable(heard) !== reply) ledger.isBroken(`deltas differ from the reply (${replyId})`);
    if (answer.status !== 'complete') ledger.isBroken(`200 with the status ${answer.status} (${replyId})`);
  }

  /** The same key again must give the same result. */
  async #repeat(ask: Ask, first: ChatResponse, replica: Replica, incarnation: number): Promise<void> {
    const { database, ledger } = this.#town;
    const begunAt = Date.now();
    const elsewhere = this.#chance(50) ? this.#replica() : replica;
    const outcome = await chat(elsewhere.url, ask);
    const isKnown =
      database.wasThereSince(begunAt) || (elsewhere === replica && replica.incarnation === incarnation);
    if (outcome.kind !== 'answered' || !isKnown) return;
    const { answer } = outcome;
    if (answer.reply_id !== first.reply_id || answer.reply !== first.reply) {
      ledger.isBroken(`a repeat with the same key was answered differently (${first.reply_id})`);
    }
  }

  #miss(replica: Replica, outcome: Outcome): void {
    const { askedAt, endedAt, begun } = outcome;
    const how: UnansweredTurn['how'] = outcome.kind === 'refused' ? outcome.status : 'lost';
    this.#town.ledger.missed({ replica: replica.name, askedAt, endedAt, wasBegun: begun !== undefined, how });
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
