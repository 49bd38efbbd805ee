import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import { StoreUnavailableError, type QuarterCounting } from '@chat-history/message-store';
import { drainTimeoutMs, endsWithin } from '@chat-history/service-shell';
import type { Logger } from 'pino';
import { FailedQuarters } from './failed-quarters.js';
import type { StatisticsMetrics } from './statistics-metrics.js';

/** Between two looks for quarter-hours to count; statistics are exact without, and slower the more there are. */
const pauseMs = 60_000;

/** Quarter-hours that are counted before it is looked which others there are: some seconds' work. */
const maxQuarters = 200;

const nextRound = 'statistics-next-round';

/**
 * When closed quarter-hours are counted for the statistics: every minute all that wait, oldest first. Those that could
 * not be counted come last, until one of them fails again, so that they hold up no others. A round that failed ends
 * nothing; it never waits for a retention run.
 */
export class StatisticsSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #scheduler: SchedulerRegistry;
  readonly #counting: QuarterCounting;
  readonly #metrics: StatisticsMetrics;
  readonly #logger: Logger;
  readonly #failed = new FailedQuarters();
  readonly #stop = new AbortController();
  /** The beginning of the quarter that was counted when the database last went away, in milliseconds since 1970. */
  #interrupted: number | undefined;
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

  /** Ends the count under way: its quarter is counted by the next worker. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort();
    if (await endsWithin(drainTimeoutMs, this.#running)) return;
    this.#logger.warn('the counting for the statistics did not end in time');
  }

  /** Counts a round, or joins the one that is under way; does nothing once the worker is stopping. Never rejects. */
  async runNow(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#runRound().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #runRound(): Promise<void> {
    try {
      for (let next = await this.#look(); next.length > 0; next = await this.#look())
        if ((await this.#count(next)) === 0) break;
      for (let failed = this.#failed.take(); failed; failed = this.#failed.take())
        if ((await this.#count([failed])) === 0) break;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#recordFailure(error, 'quarter-hours could not be counted for the statistics');
    }
    this.#comeBack();
  }

  async #look(): Promise<readonly Date[]> {
    const wanted = { limit: maxQuarters, except: this.#failed.all() };
    const uncounted = await this.#counting.uncounted(wanted, this.#stop.signal);
    this.#metrics.recordWaiting(uncounted);
    return uncounted.next;
  }

  /** @returns how many were counted. Without the database the others are left. */
  async #count(quarters: readonly Date[]): Promise<number> {
    let counted = 0;
    for (const quarter of quarters) {
      try {
        if (!(await this.#counting.count(quarter, this.#stop.signal))) continue;
        counted++;
        this.#metrics.recordCounted();
      } catch (error) {
        this.#stop.signal.throwIfAborted();
        this.#recordFailure(error, `the quarter-hour of ${quarter.toISOString()} could not be counted`);
        const isOutage = error instanceof StoreUnavailableError;
        // An outage is no fault of the quarter's, unless the next one comes with it again.
        if (!isOutage || this.#interrupted === quarter.getTime()) this.#failed.add(quarter);
        if (!isOutage) continue;
        this.#interrupted = quarter.getTime();
        break;
      }
    }
    return counted;
  }

  #recordFailure(error: unknown, what: string): void {
    this.#metrics.recordFailure();
    this.#logger.error({ err: error }, what);
  }

  #comeBack(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#scheduler.doesExist('timeout', nextRound)) this.#scheduler.deleteTimeout(nextRound);
    this.#scheduler.addTimeout(
      nextRound,
      setTimeout(() => void this.runNow(), pauseMs),
    );
  }
}
