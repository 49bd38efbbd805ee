import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { SchedulerRegistry } from '@nestjs/schedule';
import { anotherWorkerIsRunning, type RetentionStore } from '@chat-history/message-store';
import { endsWithin } from '@chat-history/service-shell';
import { CronJob } from 'cron';
import type { Logger } from 'pino';
import { RunStoppedError } from './failure-reason.js';
import type { RetentionMetrics } from './retention-metrics.js';
import type { RetentionRun } from './retention-run.js';

/** A day and two hours for a late or slow run: past this the last night's run did not take place. */
const overdueMs = 26 * 3_600_000;

/** What failed or had to wait is tried again after this; by then an outage, a long export or another's run is usually over. */
const comeBackAfterMs = 15 * 60_000;

/**
 * How long a step under way may take to end when the process stops, in milliseconds: longer than a detachment waits (5 s),
 * and half of the 30 s that stopping may take in all.
 */
const defaultStepTimeoutMs = 15_000;

const comeBack = 'retention-come-back';

export interface ScheduleOptions {
  readonly cronExpression: string;
  /** IANA. */
  readonly timeZone: string;
  /** As `defaultStepTimeoutMs`, which it is if left out. */
  readonly stepTimeoutMs?: number | undefined;
}

/**
 * When the clean-up runs: daily by a cron expression, at start when the last good run is overdue or the last run was cut
 * or left something, and again soon after one that failed, postponed something or met another worker. A failed run ends
 * nothing; a refused one waits for a person and the next day.
 */
export class RetentionSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #options: ScheduleOptions;
  readonly #scheduler: SchedulerRegistry;
  readonly #store: RetentionStore;
  readonly #run: RetentionRun;
  readonly #metrics: RetentionMetrics;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    options: ScheduleOptions,
    scheduler: SchedulerRegistry,
    store: RetentionStore,
    run: RetentionRun,
    metrics: RetentionMetrics,
    logger: Logger,
  ) {
    this.#options = options;
    this.#scheduler = scheduler;
    this.#store = store;
    this.#run = run;
    this.#metrics = metrics;
    this.#logger = logger;
  }

  onApplicationBootstrap(): void {
    const { cronExpression, timeZone } = this.#options;
    const job = CronJob.from({ cronTime: cronExpression, timeZone, onTick: () => this.runNow() });
    this.#scheduler.addCronJob('retention', job);
    job.start();
    void this.#runUnlessDoneSince(Date.now() - overdueMs);
  }

  /** Lets the step under way end, and the receipt be written; a run that does not end in time is taken up at the next start. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#stop.abort(new RunStoppedError('the worker was asked to stop'));
    if (await endsWithin(this.#options.stepTimeoutMs ?? defaultStepTimeoutMs, this.#running)) return;
    this.#logger.warn('the step of the retention run did not end in time; the next start goes on from there');
  }

  /** Runs, or joins the run that is under way; does nothing once the worker is stopping. Never rejects. */
  async runNow(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#runOnce().finally(() => (this.#running = undefined));
    await this.#running;
  }

  async #runOnce(): Promise<void> {
    try {
      const receipt = await this.#run.run({ dryRun: false, confirmShortened: false }, this.#stop.signal);
      if (receipt === anotherWorkerIsRunning) {
        this.#logger.info(anotherWorkerIsRunning);
        this.#comeBack();
        return;
      }
      this.#metrics.recordRun(receipt);
      const level = receipt.error === null || this.#stop.signal.aborted ? 'info' : 'error';
      this.#logger[level]({ receipt }, 'a retention run ended');
      const refused = receipt.dryRun;
      if (receipt.postponed.length > 0 || (receipt.error !== null && !refused)) this.#comeBack();
    } catch (error) {
      this.#metrics.recordFailure();
      this.#logger.error({ err: error }, 'a retention run failed without a receipt');
      this.#comeBack();
    }
  }

  /** Unless another worker has done it by then. */
  #comeBack(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#scheduler.doesExist('timeout', comeBack)) this.#scheduler.deleteTimeout(comeBack);
    const since = Date.now();
    this.#scheduler.addTimeout(
      comeBack,
      setTimeout(() => void this.#runUnlessDoneSince(since), comeBackAfterMs),
    );
  }

  /**
   * Runs unless a good run has ended since then and the last one left nothing. One that has not ended may have been
   * killed, or is another worker's: the lock tells.
   * @param since in milliseconds since 1970.
   */
  async #runUnlessDoneSince(since: number): Promise<void> {
    try {
      const lastGood = await this.#store.runs.lastGood();
      if (lastGood) this.#metrics.recordGoodRun(lastGood.finishedAt);
      const isDone = lastGood && lastGood.finishedAt.getTime() >= since;
      if (isDone && !(await this.#store.runs.leftSomething())) return;
    } catch (error) {
      this.#logger.warn({ err: error }, 'the last retention run is not known');
    }
    await this.runNow();
  }
}
