import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import type { QuarterCounting } from '@chat-history/message-store';
import type { Logger } from 'pino';
import type { StatisticsMetrics } from './statistics-metrics.js';

/** Between two looks for quarter-hours to count; statistics are exact without, and slower the more there are. */
const pauseMs = 60_000;

/** A round's quarters at most, some seconds' work; then the metrics are told, and the next round begins soon. */
const maxQuarters = 200;
const soonMs = 100;

const nextRound = 'statistics-next-round';

/**
 * When closed quarter-hours are counted for the statistics: every minute, and without pause while there is more than a
 * round's work. A round that failed ends nothing; it never waits for a retention run.
 */
export class StatisticsSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #scheduler: SchedulerRegistry;
  readonly #counting: QuarterCounting;
  readonly #metrics: StatisticsMetrics;
  readonly #logger: Logger;
  #isStopping = false;
  #running: Promise<void> | undefined;

  constructor(
    scheduler: SchedulerRegistry,
    counting: QuarterCounting,
    metrics: StatisticsMetrics,
    logger: Logger,
  ) {
    this.#scheduler = scheduler;
    this.#counting = counting;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    void this.runNow();
  }

  /** Lets the quarter under way be counted. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#running;
  }

  /** Counts a round, or joins the one that is under way; does nothing once the worker is stopping. Never rejects. */
  async runNow(): Promise<void> {
    if (this.#isStopping) return;
    this.#running ??= this.#runRound().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #runRound(): Promise<void> {
    let isMore = false;
    try {
      isMore = await this.#count();
      if (!this.#isStopping) this.#metrics.recordWaiting(await this.#counting.uncounted());
    } catch (error) {
      this.#metrics.recordFailure();
      this.#logger.error({ err: error }, 'quarter-hours could not be counted for the statistics');
    }
    this.#comeBack(isMore ? soonMs : pauseMs);
  }

  /** @returns whether there may be more to count. */
  async #count(): Promise<boolean> {
    for (let count = 0; count < maxQuarters; count++) {
      if (this.#isStopping || !(await this.#counting.countNext())) return false;
      this.#metrics.recordCounted();
    }
    return true;
  }

  #comeBack(afterMs: number): void {
    if (this.#isStopping) return;
    if (this.#scheduler.doesExist('timeout', nextRound)) this.#scheduler.deleteTimeout(nextRound);
    this.#scheduler.addTimeout(
      nextRound,
      setTimeout(() => void this.runNow(), afterMs),
    );
  }
}
