import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  isBulkheadRejectedError,
  retry,
  type IBackoff,
  type IRetryBackoffContext,
  type RetryPolicy,
} from 'cockatiel';
import { attempt } from './attempt.js';
import type { Bot, BotQuestion, ContextBounds } from './bot.js';
import { BotBusyError, BotFailedError, BotTimeoutError, BotUnavailableError } from './bot.errors.js';
import type { BotMetrics } from './bot-metrics.js';
import { Handover } from './handover.js';

export interface BotLimits {
  /** From the question to the end of the answer, the waiting and all attempts included. */
  readonly totalTimeoutMs: number;
  /** Before the first piece of an attempt and between two. */
  readonly idleTimeoutMs: number;
  /** How often a question is asked again after a fault that may pass. */
  readonly maxRetries: number;
  /** After so many faults in a row the bot is left alone … */
  readonly breakerFailures: number;
  /** … for so long; then one question tries it. */
  readonly breakerCooldownMs: number;
  /** Answers that are given at the same time. */
  readonly maxConcurrent: number;
  /** Questions that wait for one of those to end. */
  readonly maxQueued: number;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

export interface BotPolicyState {
  readonly running: number;
  readonly queued: number;
  readonly breaker: BreakerState;
  /** Questions that were asked again, since the start. */
  readonly retriesTotal: number;
}

/** A bot that asks to be left alone for longer is not asked again: its customer hears so at once. */
const maxRetryAfterMs = 5_000;
/** Growing, each somewhere between nothing and twice its size, so that many questions do not come again together. */
const retryDelays = new ExponentialBackoff({ initialDelay: 250, maxDelay: 2_000 });
/** What those are told who come while one question tries the bot. */
const probeRetryAfterMs = 1_000;

/**
 * How this service deals with its bot, whichever it is: no answer takes forever and none is endless, a fault that may
 * pass is tried again while nothing was said, a bot that only fails is left alone for a while, and it is asked no more
 * than so many questions at the same time.
 */
export class BotPolicy implements Bot {
  readonly contextBounds?: ContextBounds;
  private readonly bulkhead;
  private readonly breaker;
  private brokenAt = 0;
  private retriesTotal = 0;

  constructor(
    private readonly bot: Bot,
    private readonly limits: BotLimits,
    private readonly metrics?: BotMetrics,
  ) {
    if (bot.contextBounds) this.contextBounds = bot.contextBounds;
    this.bulkhead = bulkhead(limits.maxConcurrent, limits.maxQueued);
    this.breaker = circuitBreaker(handleWhen(isFaultOfTheBot), {
      halfOpenAfter: limits.breakerCooldownMs,
      breaker: new ConsecutiveBreaker(limits.breakerFailures),
    });
    this.breaker.onBreak(() => (this.brokenAt = Date.now()));
    metrics?.watch(() => this.state());
  }

  state(): BotPolicyState {
    return {
      running: this.limits.maxConcurrent - this.bulkhead.executionSlots,
      queued: this.limits.maxQueued - this.bulkhead.queueSlots,
      breaker: this.breakerState(),
      retriesTotal: this.retriesTotal,
    };
  }

  /**
   * The answer; no piece of it is empty, and there is at least one.
   * @throws BotTimeoutError, BotFailedError, BotUnavailableError, BotBusyError, or the reason of the question's own
   * signal.
   */
  answer(question: BotQuestion): AsyncIterable<string> {
    const answer = this.bounded(question);
    return this.metrics?.measured(answer) ?? answer;
  }

  private async *bounded(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    const { totalTimeoutMs } = this.limits;
    const stop = new AbortController();
    const giveUp = () => stop.abort(new BotTimeoutError(`the answer took over ${totalTimeoutMs} ms`));
    const total = setTimeout(giveUp, totalTimeoutMs);
    const signal = AbortSignal.any([question.signal, stop.signal]);
    const answer = new Handover();
    // At once, also while the question waits for its turn or for its next attempt.
    signal.addEventListener('abort', () => answer.fail(signal.reason), { once: true });
    if (signal.aborted) answer.fail(signal.reason);
    else {
      this.run({ ...question, signal }, answer).then(
        () => answer.end(),
        (error: unknown) => answer.fail(error),
      );
    }
    try {
      yield* answer;
    } finally {
      clearTimeout(total);
      stop.abort(new BotFailedError('nobody reads on'));
    }
  }

  private async run(question: BotQuestion, answer: Handover): Promise<void> {
    // Before it waits: those ahead of it may take long to find out what is known already.
    this.refuseWhileBroken();
    // An attempt may leave a note before it fails, and the next one needs it.
    let { conversation } = question;
    const keepConversation = (note: string) => {
      conversation = note;
      question.keepConversation(note);
    };
    const ask = () => this.askOnce({ ...question, conversation, keepConversation }, answer);
    const retrying = this.retryPolicy(answer);
    try {
      await this.bulkhead.execute(() => retrying.execute(ask, question.signal), question.signal);
    } catch (error) {
      throw isBulkheadRejectedError(error) ? new BotBusyError('too many answers are being given') : error;
    }
  }

  /** One attempt, which the breaker sees. */
  private async askOnce(question: BotQuestion, answer: Handover): Promise<void> {
    // The breaker itself would let all others wait for the one that tries the bot.
    this.refuseWhileBroken();
    let whole: Promise<void> | undefined;
    await this.breaker.execute(() => {
      whole = attempt(this.bot, question, answer, this.limits.idleTimeoutMs);
      const isProbe = this.breaker.state === CircuitState.HalfOpen;
      // Its first words show that the bot is back; nobody must be refused until its last.
      return isProbe ? Promise.race([answer.firstPiece, whole]) : whole;
    });
    await whole;
  }

  private refuseWhileBroken(): void {
    const state = this.breakerState();
    if (state === 'closed') return;
    const left = this.brokenAt + this.limits.breakerCooldownMs - Date.now();
    if (state === 'half-open') throw new BotUnavailableError(probeRetryAfterMs);
    if (left > 0) throw new BotUnavailableError(left);
  }

  private breakerState(): BreakerState {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open';
  }

  private retryPolicy(answer: Handover): RetryPolicy {
    const isWorthIt = handleWhen((error) => !answer.hasSpoken && mayPass(error));
    // Unreferenced: its wait cannot be broken off, and must not keep a process that is done otherwise.
    const policy = retry(isWorthIt, { maxAttempts: this.limits.maxRetries, backoff }).dangerouslyUnref();
    policy.onRetry(() => this.retriesTotal++);
    return policy;
  }
}

const backoff = new DelegateBackoff<IRetryBackoffContext<unknown>, IBackoff<unknown>>(
  ({ result }, previous) => {
    const next = (previous ?? retryDelays).next(undefined);
    const error = 'error' in result ? result.error : undefined;
    const askedForMs = (error instanceof BotFailedError && error.retryAfterMs) || 0;
    return { delay: Math.max(next.duration, askedForMs), state: next };
  },
);

function mayPass(error: unknown): boolean {
  return error instanceof BotFailedError && error.isTransient && (error.retryAfterMs ?? 0) <= maxRetryAfterMs;
}

function isFaultOfTheBot(error: unknown): boolean {
  return error instanceof BotTimeoutError || (error instanceof BotFailedError && error.isTransient);
}
