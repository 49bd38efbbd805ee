import { randomUUID } from 'node:crypto';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { MessageWriter, TurnBeginning, TurnLedger } from '@chat-history/message-store';
import type { BotPolicy } from '../bot/bot-policy.js';
import { askedTurn, inFreshSession, mayBeAnothers, type AskedTurn, type Question } from './asked-turn.js';
import { botReply } from './bot-reply.js';
import { BoundedMap } from './bounded-map.js';
import {
  IdempotencyKeyReusedError,
  SessionTokenMissingError,
  SessionUncertainError,
  TurnFailedError,
} from './chat.errors.js';
import { RunningTurns } from './running-turns.js';
import { SessionQueue } from './session-queue.js';
import type { SessionTokens } from './session-tokens.js';
import { beginTurn, repeatedTurn } from './turn-beginning.js';
import type { BegunTurn, Turn } from './turn.js';
import { keptFailureOf, turnFailureOf } from './turn-failure.js';
import { TurnMemory, type EndedTurn } from './turn-memory.js';

/** From its arrival, how long a turn waits for those before it in its session. */
const maxWaitMs = 30_000;
/** A third of the time after which the ledger takes a turn for dead. */
const renewIntervalMs = 5_000;
/** Sessions whose bot's note is remembered here too, for when the ledger does not answer. */
const maxConversations = 10_000;

/** Who wants to hear of a turn while it goes on. Of one that another takes or has taken it hears no more than its beginning. */
export interface TurnListener {
  /** The question is remembered, and the bot is asked. */
  begun(turn: BegunTurn): void;
  /** The bot said so much more. */
  said(text: string): void;
}

type Begun = Extract<TurnBeginning, { outcome: 'begun' | 'unknown' }>;

/** Takes turns: remembers the question, asks the bot, remembers the answer. */
export class ChatTurn implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new RunningTurns();
  private readonly queue = new SessionQueue(this.running.closing);
  private readonly memory = new TurnMemory();
  private readonly conversations = new BoundedMap<string, string>(maxConversations);

  constructor(
    private readonly writer: MessageWriter,
    private readonly ledger: TurnLedger,
    private readonly bot: BotPolicy,
    private readonly tokens: SessionTokens,
    /** How long answers under way may go on when the service stops. */
    private readonly stopGraceMs: number,
  ) {}

  /**
   * The turn is the service's own: it goes on to its end, and is remembered, whether or not the caller still waits.
   * @throws TurnFailedError when the reply is not whole, every other error of chat.errors when nothing was kept.
   */
  async take(question: Question, listener?: TurnListener): Promise<Turn> {
    const asked = askedTurn(question, this.tokens);
    const turn = await this.running.track(this.takeOnce(asked, listener));
    if (!turn.beginsSession && !asked.mayContinue)
      throw new SessionTokenMissingError('not the caller’s session');
    const failure = keptFailureOf(turn.reply);
    if (failure) throw new TurnFailedError(failure, this.begunTurn(turn), turn.fault);
    return { ...this.begunTurn(turn), reply: turn.reply };
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.ledger.prepare();
  }

  /** Customers are told what became of their turns while they are still connected, and before the store drains. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.running.stop(this.stopGraceMs);
  }

  private takeOnce(asked: AskedTurn, listener?: TurnListener): Promise<EndedTurn> {
    const { sessionName, idempotency } = asked;
    if (!idempotency) return this.takeInOrder(asked, listener);
    // A line break is in no session's name.
    const key = `${sessionName}\n${idempotency.key}`;
    const run = (begun: (turn: BegunTurn) => void) =>
      this.takeInOrder(asked, {
        begun: (turn) => {
          begun(turn);
          listener?.begun(turn);
        },
        said: (text) => listener?.said(text),
      });
    return this.memory.once(key, idempotency.requestHash, run, (turn) => {
      // Others are refused at the end, as `take` does, and hear nothing before.
      if (turn.sessionToken !== undefined || asked.mayContinue) listener?.begun(turn);
    });
  }

  /** One turn at a time a session: here by the queue, across processes by the ledger's lease. */
  private async takeInOrder(asked: AskedTurn, listener?: TurnListener): Promise<EndedTurn> {
    const { sessionName } = asked;
    // Who begins a session cannot be second in it, and strangers must not take the places of whose it is.
    if (mayBeAnothers(asked) && this.queue.isTaken(sessionName)) {
      throw new SessionTokenMissingError('not the caller’s session');
    }
    const until = performance.now() + maxWaitMs;
    await this.queue.enter(sessionName, maxWaitMs);
    const turnId = randomUUID();
    let ending: Promise<unknown> | undefined;
    try {
      const beginning = await this.begin(asked, turnId, until);
      switch (beginning.outcome) {
        case 'begun':
        case 'unknown': {
          const { turn, conversation } = await this.answer(asked, turnId, beginning, listener);
          ending = this.running.track(this.end(asked, turnId, turn, conversation));
          // A repeat has to find the result from the moment on when the first could have been told it.
          if (asked.idempotency) await ending;
          return turn;
        }
        case 'repeated':
          return repeatedTurn(sessionName, beginning);
        case 'key-reused':
          throw new IdempotencyKeyReusedError('the key came with another request before');
        case 'not-yours':
          if (asked.nameIsFrom === 'caller') throw new SessionTokenMissingError('not the caller’s session');
          // The key is from a time that nobody remembers any more, and its session may be anybody's.
          return await this.takeInOrder(inFreshSession(asked.text), listener);
      }
    } finally {
      void Promise.resolve(ending).finally(() => this.queue.leave(sessionName));
    }
  }

  private async begin(asked: AskedTurn, turnId: string, until: number) {
    const { sessionName, mayContinue, nameIsFrom, idempotency } = asked;
    const bounds = this.bot.contextBounds;
    const beginning = await beginTurn(
      this.ledger,
      {
        sessionName,
        turnId,
        mayContinue,
        isFreshName: nameIsFrom === 'chance',
        ...(idempotency && { idempotency }),
        contextMessages: bounds?.maxMessages ?? 0,
        contextCharacters: bounds?.maxCharacters ?? 0,
      },
      { until, closing: this.running.closing },
    );
    if (beginning.outcome === 'unknown' && mayBeAnothers(asked)) {
      throw new SessionUncertainError('the database does not say whose session it is');
    }
    return beginning;
  }

  /** Resolves when both messages are durable, or nothing could take them, which the store counts and logs. */
  private async answer(asked: AskedTurn, turnId: string, beginning: Begun, listener?: TurnListener) {
    const { sessionName, text } = asked;
    const isBegun = beginning.outcome === 'begun';
    const beginsSession = isBegun ? beginning.beginsSession : asked.nameIsFrom !== 'caller';
    const { questionId } = beginning;
    const question = this.writer.save({ id: questionId, sessionName, role: 'user', content: text });
    listener?.begun(this.begunTurn({ sessionName, beginsSession, questionId }));

    // A session that begins has none: what is remembered here is of an earlier one of the same name.
    if (beginsSession) this.conversations.delete(sessionName);
    let conversation: string | undefined;
    const renewing = setInterval(() => void this.ledger.renew(sessionName, turnId), renewIntervalMs);
    try {
      const { fault, ...replied } = await botReply(
        this.bot,
        {
          sessionName,
          text,
          signal: this.running.abandoning,
          context: isBegun ? beginning.context : [],
          conversation: (isBegun && beginning.conversation) || this.conversations.get(sessionName),
          keepConversation: (note) => {
            conversation = note;
            this.conversations.set(sessionName, note);
          },
        },
        listener?.said,
      );
      const metadata = fault === undefined ? {} : { metadata: { failure: turnFailureOf(fault) } };
      const reply = this.writer.save({ sessionName, role: 'assistant', ...replied, ...metadata });
      await Promise.allSettled([question.durable, reply.durable]);
      const turn: EndedTurn = { sessionName, beginsSession, questionId, reply: reply.message, fault };
      return { turn, conversation };
    } finally {
      clearInterval(renewing);
    }
  }

  private end(asked: AskedTurn, turnId: string, turn: EndedTurn, conversation: string | undefined) {
    return this.ledger.end({
      sessionName: asked.sessionName,
      turnId,
      replyId: turn.reply.id,
      ...(conversation !== undefined && { conversation }),
      ...(asked.idempotency && { idempotency: asked.idempotency }),
    });
  }

  private begunTurn({ sessionName, beginsSession, questionId }: Omit<EndedTurn, 'reply'>): BegunTurn {
    const sessionToken = beginsSession ? this.tokens.tokenOf(sessionName) : undefined;
    return { sessionName, sessionToken, questionId };
  }
}
