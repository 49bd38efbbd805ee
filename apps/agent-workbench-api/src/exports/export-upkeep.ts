import { setTimeout as delay } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { ExportAttempt, ExportJobUpkeep } from '@chat-history/message-store';
import { drainTimeoutMs, endsWithin } from '@chat-history/service-shell';
import type { Logger } from 'pino';
import { attemptOf, fileKeyOf } from './file-key.js';
import type { ExportStore } from './store/export-store.js';

const everyMs = 60_000;

/** What died left behind is looked for so seldom: a run that takes a job up removes what the one before it left. */
const leftoversEveryMs = 3_600_000;

/** A file that nobody wants and that was not touched for longer than any run may take. */
const leftoverAgeMs = 2 * 3_600_000;

/** Of files asked about in one statement. */
const filesPerBatch = 100;

/** Deletes files whose time is over, files that nobody wants, and jobs that ended long ago. Every replica does. */
export class ExportUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stop = new AbortController();
  private working: Promise<void> | undefined;
  private leftoversAtMs = -Infinity;

  constructor(
    private readonly jobs: ExportJobUpkeep,
    private readonly store: ExportStore,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.working = this.work();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await endsWithin(drainTimeoutMs, this.working);
  }

  /** The file of a job that is over, now. When it cannot be deleted, it is tried again every minute. */
  async expire(file: ExportAttempt): Promise<void> {
    try {
      await this.store.remove(fileKeyOf(file));
      await this.jobs.markExpired([file.id]);
    } catch (error) {
      this.logger.warn({ err: error, job: file.id }, 'an expired file could not be deleted yet');
    }
  }

  /** At most a batch, which is enough for one a minute. @throws StoreUnavailableError ReadTimeoutError */
  async deleteExpired(): Promise<void> {
    for (const file of await this.jobs.expiredFiles()) {
      if (this.stop.signal.aborted) return;
      await this.expire(file);
    }
  }

  /** @throws ExportStorageError StoreUnavailableError ReadTimeoutError */
  async deleteLeftovers(olderThan = new Date(Date.now() - leftoverAgeMs)): Promise<void> {
    let batch: ExportAttempt[] = [];
    for await (const { key, changedAt } of this.store.list()) {
      const file = attemptOf(key);
      if (file && changedAt < olderThan) batch.push(file);
      if (batch.length < filesPerBatch) continue;
      await this.deleteUnwanted(batch);
      batch = [];
    }
    await this.deleteUnwanted(batch);
  }

  private async deleteUnwanted(files: readonly ExportAttempt[]): Promise<void> {
    if (files.length === 0) return;
    for (const file of await this.jobs.unwanted(files)) {
      await this.store.remove(fileKeyOf(file)).catch((error: unknown) => {
        // The others go on: it is met again at the next look.
        this.logger.warn({ err: error, job: file.id }, 'a file that nobody wants could not be deleted yet');
      });
    }
  }

  private async work(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.tidy().catch((error: unknown) => {
        this.logger.warn({ err: error }, 'files of exports could not be tidied up; it is tried again');
      });
      await delay(everyMs, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  private async tidy(): Promise<void> {
    await this.deleteExpired();
    while ((await this.jobs.deleteOld()) > 0 && !this.stop.signal.aborted);
    if (performance.now() - this.leftoversAtMs < leftoversEveryMs) return;
    await this.deleteLeftovers();
    this.leftoversAtMs = performance.now();
  }
}
