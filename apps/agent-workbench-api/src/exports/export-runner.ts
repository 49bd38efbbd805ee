import { setTimeout as delay } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ClaimedExportJob, ClaimLimits, ExportJobRuns } from '@chat-history/message-store';
import { drainTimeoutMs, endsWithin } from '@chat-history/service-shell';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { ExportMetrics } from './export-metrics.js';
import type { ExportMaker } from './export-maker.js';

export interface RunnerOptions {
  /** Jobs that this process makes at once; with 0 it leaves them to others. */
  readonly perProcess: number;
  readonly limits: ClaimLimits;
  readonly leaseMs: number;
  /** How often it is asked for a job that another process took or left. */
  readonly pollMs: number;
}

/** Runs export jobs, whichever process took them, as many at once as may. Told to stop, it gives back what it runs. */
export class ExportRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private readonly metrics: ExportMetrics;
  private awake = Promise.withResolvers<void>();
  private working: Promise<void> | undefined;
  private isAway = false;

  constructor(
    private readonly runs: Pick<ExportJobRuns, 'claim'>,
    private readonly maker: Pick<ExportMaker, 'make'>,
    private readonly options: RunnerOptions,
    registry: Registry,
    private readonly logger: Logger,
  ) {
    this.metrics = new ExportMetrics(registry, () => this.running.size);
  }

  onApplicationBootstrap(): void {
    if (this.options.perProcess > 0) this.working = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    this.wake();
    if (await endsWithin(drainTimeoutMs, this.drain())) return;
    this.logger.warn('an export did not end in time: its lease has to run out');
  }

  /** There may be something to do. */
  wake(): void {
    this.awake.resolve();
  }

  private async drain(): Promise<void> {
    await this.working;
    await Promise.all(this.running);
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      const claimed = this.running.size < this.options.perProcess ? await this.claim() : undefined;
      if (claimed) this.begin(claimed);
      else await this.rest();
    }
  }

  private async claim(): Promise<ClaimedExportJob | undefined> {
    try {
      const claimed = await this.runs.claim(this.options.limits, this.options.leaseMs);
      this.isAway = false;
      return claimed;
    } catch (error) {
      // Once an outage: it is asked again every second.
      if (!this.isAway) this.logger.warn({ err: error }, 'export jobs cannot be claimed');
      this.isAway = true;
      return undefined;
    }
  }

  private begin(claimed: ClaimedExportJob): void {
    const run = this.maker
      .make(claimed, this.stop.signal)
      .then((ended) => this.metrics.record(ended))
      .finally(() => {
        this.running.delete(run);
        this.wake();
      });
    this.running.add(run);
  }

  /** Until it is time to ask again, or something may have changed. */
  private async rest(): Promise<void> {
    const over = new AbortController();
    const { signal } = over;
    await Promise.race([
      this.awake.promise,
      delay(this.options.pollMs, undefined, { signal }).catch(() => undefined),
    ]);
    over.abort();
    // Not in `wake`: what it says while a job is being asked for would be lost, and each race with one promise keeps memory.
    this.awake = Promise.withResolvers();
  }
}
