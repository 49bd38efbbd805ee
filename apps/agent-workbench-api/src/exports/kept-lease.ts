import { setTimeout as delay } from 'node:timers/promises';
import type { ClaimedExportJob, ExportJobRuns } from '@chat-history/message-store';

type Progress = Parameters<ExportJobRuns['report']>[1];

export interface LeaseTerms {
  /** Without a report for so long, another process takes the job up. */
  readonly leaseMs: number;
  /** Between two reports: a run learns within this that its job was cancelled. */
  readonly reportEveryMs: number;
}

/** A run's hold on its job: it says how far it is, again and again, and learns when the job is no longer its own. */
export class KeptLease {
  readonly #runs: ExportJobRuns;
  readonly #claimed: ClaimedExportJob;
  readonly #terms: LeaseTerms;
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #reporting: Promise<void>;

  /** @param progress so far. */
  constructor(runs: ExportJobRuns, claimed: ClaimedExportJob, terms: LeaseTerms, progress: () => Progress) {
    this.#runs = runs;
    this.#claimed = claimed;
    this.#terms = terms;
    this.#reporting = this.#report(progress);
  }

  /** Aborted when the job was cancelled, another run has it, or the database could not be told in time. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** From now on nothing is reported. */
  async release(): Promise<void> {
    this.#released.abort();
    await this.#reporting;
  }

  async #report(progress: () => Progress): Promise<void> {
    const { leaseMs, reportEveryMs } = this.#terms;
    let keptAtMs = performance.now();
    while (await this.#paused(reportEveryMs)) {
      const askedAtMs = performance.now();
      // A database that does not answer has until the lease is over; then another may have the job.
      const isOurs = await this.#runs.report(this.#claimed, progress(), leaseMs).catch(() => undefined);
      if (isOurs) keptAtMs = askedAtMs;
      if (isOurs === false || performance.now() - keptAtMs > leaseMs) {
        this.#lost.abort(new Error('the lease of the export is lost'));
        return;
      }
    }
  }

  /** @returns whether the lease is still to be kept. */
  async #paused(ms: number): Promise<boolean> {
    const { signal } = this.#released;
    await delay(ms, undefined, { signal }).catch(() => undefined);
    return !signal.aborted;
  }
}
