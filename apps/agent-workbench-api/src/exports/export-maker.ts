import { pipeline } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  backgroundExport,
  isOutage,
  StoreUnavailableError,
  type ClaimedExportJob,
  type ExportFile,
  type ExportJobRuns,
  type ExportJobUpkeep,
  type MessageExport,
} from '@chat-history/message-store';
import type { Logger } from 'pino';
import { failureOf } from './export-problems.js';
import { fileKeyOf } from './file-key.js';
import { FileMeter } from './file-meter.js';
import { KeptLease, type LeaseTerms } from './kept-lease.js';
import type { ExportStore } from './store/export-store.js';

/** After an outage of the database a job waits so long before it is begun anew. */
const outageWaitMs = 10_000;

/**
 * How a run ended: `lost` when the job was cancelled or is another's, `handed over` when this process is to stop,
 * `put off` when the database went away, or another step on the way back failed: the job is begun anew some seconds later,
 * or when the lease is over.
 */
export type RunEnd = 'succeeded' | 'failed' | 'lost' | 'handed over' | 'put off';

export interface MakerOptions extends LeaseTerms {
  /** How long a file is kept. */
  readonly ttlHours: number;
}

/** Makes the file of one claimed job. */
export class ExportMaker {
  constructor(
    private readonly exports: MessageExport,
    private readonly runs: ExportJobRuns,
    private readonly upkeep: ExportJobUpkeep,
    private readonly store: ExportStore,
    private readonly options: MakerOptions,
    private readonly logger: Logger,
  ) {}

  /**
   * Never rejects.
   * @param stopping aborted when the process is to stop: then the job is given back.
   */
  async make(claimed: ClaimedExportJob, stopping: AbortSignal): Promise<{ end: RunEnd; bytes: number }> {
    const { job } = claimed;
    const meter = new FileMeter();
    let file: ExportFile | undefined;
    const lease = new KeptLease(this.runs, claimed, this.options, () => ({
      rowsDone: file?.figures().rows ?? 0,
      rowsTotal: file?.rowsTotal ?? null,
      bytes: meter.bytes,
    }));
    let end: RunEnd;
    try {
      await this.removeEarlier(claimed);
      file = await this.exports.open(job, AbortSignal.any([stopping, lease.lost]), backgroundExport);
      // What fails reaches the store through the meter, which the pipeline destroys with it.
      pipeline(file.stream, meter, () => undefined);
      await this.store.write(keyOf(claimed), meter);
      end = await this.finish(claimed, file, meter, lease.lost);
    } catch (error) {
      end = await this.endOf(error, claimed, stopping, lease.lost);
    }
    await lease.release();
    if (end === 'lost' || end === 'failed') await this.removeUnwanted(claimed);
    this.logger.info({ job: job.id, attempt: job.attempts, end, bytes: meter.bytes }, 'an export run ended');
    return { end, bytes: meter.bytes };
  }

  /** What a run that died left. */
  private async removeEarlier({ job }: ClaimedExportJob): Promise<void> {
    for (let attempt = 1; attempt < job.attempts; attempt++) {
      await this.store.remove(fileKeyOf({ id: job.id, attempt }));
    }
  }

  /** The file is whole: that is worth telling a database that is away until the lease is over. */
  private async finish(
    claimed: ClaimedExportJob,
    { snapshotAt, figures }: ExportFile,
    meter: FileMeter,
    lost: AbortSignal,
  ): Promise<RunEnd> {
    const { ttlHours, reportEveryMs } = this.options;
    const finished = { ...figures(), bytes: meter.bytes, sha256: meter.digest(), snapshotAt, ttlHours };
    for (;;) {
      try {
        return (await this.runs.succeed(claimed, finished)) ? 'succeeded' : 'lost';
      } catch (error) {
        if (!isOutage(error) || lost.aborted) throw error;
        await delay(reportEveryMs);
      }
    }
  }

  private async endOf(
    error: unknown,
    claimed: ClaimedExportJob,
    stopping: AbortSignal,
    lost: AbortSignal,
  ): Promise<RunEnd> {
    if (lost.aborted) return 'lost';
    try {
      if (stopping.aborted) return await this.handOver(claimed);
      if (error instanceof StoreUnavailableError) return await this.putOff(claimed, stopping, lost);
      return await this.fail(error, claimed);
    } catch (reason) {
      this.logger.warn({ err: reason, job: claimed.job.id }, 'an export is left to its lease');
      return 'put off';
    }
  }

  /** The file goes ahead of the job: the next run may write under the same key. */
  private async handOver(claimed: ClaimedExportJob): Promise<RunEnd> {
    await this.store.remove(keyOf(claimed));
    await this.runs.handOver(claimed);
    return 'handed over';
  }

  /** Waits for the database until the lease is over. */
  private async putOff(claimed: ClaimedExportJob, stopping: AbortSignal, lost: AbortSignal): Promise<RunEnd> {
    await this.store.remove(keyOf(claimed));
    for (;;) {
      try {
        const end = await this.runs.putOff(claimed, outageWaitMs);
        if (end === 'failed') this.logger.warn({ job: claimed.job.id }, 'an export met too many outages');
        return end;
      } catch (error) {
        if (!isOutage(error) || lost.aborted || stopping.aborted) throw error;
        await delay(this.options.reportEveryMs);
      }
    }
  }

  private async fail(error: unknown, claimed: ClaimedExportJob): Promise<RunEnd> {
    const { text, isExpected } = failureOf(error);
    this.logger[isExpected ? 'warn' : 'error']({ err: error, job: claimed.job.id }, 'an export failed');
    return (await this.runs.fail(claimed, text)) ? 'failed' : 'lost';
  }

  /** Asks first: a success that was not confirmed may have been one all the same. */
  private async removeUnwanted({ job }: ClaimedExportJob): Promise<void> {
    try {
      const file = { id: job.id, attempt: job.attempts };
      for (const unwanted of await this.upkeep.unwanted([file])) await this.store.remove(fileKeyOf(unwanted));
    } catch (error) {
      this.logger.warn({ err: error, job: job.id }, 'a file that nobody wants is left to the upkeep');
    }
  }
}

function keyOf({ job }: ClaimedExportJob): string {
  return fileKeyOf({ id: job.id, attempt: job.attempts });
}
