import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { BotAbandonedError, BotBusyError, BotTimeoutError, BotUnavailableError } from './bot.errors.js';
import type { BotPolicyState } from './bot-policy.js';

const seconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Shows in /metrics how the bot does. */
export class BotMetrics {
  private readonly runs;
  private readonly firstPieceSeconds;
  private readonly answerSeconds;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.runs = new Counter({
      name: 'chat_bot_runs_total',
      help: 'Questions, by what became of them',
      labelNames: ['outcome'] as const,
      registers,
    });
    this.firstPieceSeconds = new Histogram({
      name: 'chat_bot_first_piece_seconds',
      help: 'From the question to the first piece of its answer',
      buckets: seconds,
      registers,
    });
    this.answerSeconds = new Histogram({
      name: 'chat_bot_answer_seconds',
      help: 'From the question to the end of its answer, whole or not',
      buckets: seconds,
      registers,
    });
  }

  /** Passes the answer on and measures it from its first reading. */
  async *measured(answer: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
    const endAnswer = this.answerSeconds.startTimer();
    const spoke = this.firstPieceSeconds.startTimer();
    let hasSpoken = false;
    let outcome = 'abandoned';
    try {
      for await (const piece of answer) {
        if (!hasSpoken) spoke();
        hasSpoken = true;
        yield piece;
      }
      outcome = 'complete';
    } catch (error) {
      outcome = outcomeOf(error);
      throw error;
    } finally {
      endAnswer();
      this.runs.inc({ outcome });
    }
  }

  /** Reads the policy's state whenever the metrics are read. */
  watch(state: () => BotPolicyState): void {
    const registers = [this.registry];
    const gauges = {
      chat_bot_running: ['Answers that are being given', () => state().running],
      chat_bot_queued: ['Questions that wait for an answer to end', () => state().queued],
      chat_bot_breaker_state: [
        '0 when the bot is asked, 1 when one question tries it, 2 when it is left alone',
        () => ['closed', 'half-open', 'open'].indexOf(state().breaker),
      ],
    } as const;
    for (const [name, [help, figure]] of Object.entries(gauges)) {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(figure());
        },
      });
    }
    new Counter({
      name: 'chat_bot_retries_total',
      help: 'Questions that were asked again',
      registers,
      collect() {
        this.reset();
        this.inc(state().retriesTotal);
      },
    });
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof BotTimeoutError) return 'timeout';
  if (error instanceof BotAbandonedError) return 'abandoned';
  if (error instanceof BotUnavailableError) return 'unavailable';
  if (error instanceof BotBusyError) return 'busy';
  return 'failed';
}
