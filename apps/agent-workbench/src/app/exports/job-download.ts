import { type HttpResponse } from '@angular/common/http';
import { DOCUMENT, Injectable, inject } from '@angular/core';
import { type ExportJob } from '@chat-history/http-contract';
import { firstValueFrom, retry, throwError, timer } from 'rxjs';
import { ProblemError } from '../api/problem-error';
import { WorkbenchApi } from '../api/workbench-api';
import { canWriteToDisk, chooseDiskFile } from './disk-file';
import { fileEndings } from './export-names';
import { fileName, saveBlob } from './save-blob';

/** HttpClient holds an answer whole in the page's memory, so that one answer is a slice of the file. */
export const sliceBytes = 8 * 1024 * 1024;

/** A larger file is not gathered by the page but written to disk slice by slice, where the browser can. */
export const maxGatheredBytes = 512 * 1024 * 1024;

const retries = 3;
const retryAfterMs = 1_000;

type OnProgress = (bytes: number) => void;

/**
 * Saves a job's file, whole or not at all. It is fetched in slices: a connection that broke resumes where it was, and
 * a token that expired on the way is renewed without beginning again.
 */
@Injectable({ providedIn: 'root' })
export class JobDownload {
  private readonly api = inject(WorkbenchApi);
  private readonly document = inject(DOCUMENT);

  /**
   * @returns the file's name; undefined when the reader chose not to save it
   * @throws ProblemError
   */
  async save(job: ExportJob, onProgress: OnProgress): Promise<string | undefined> {
    return job.bytes > maxGatheredBytes ? this.write(job, onProgress) : this.gather(job, onProgress);
  }

  private async gather(job: ExportJob, onProgress: OnProgress): Promise<string> {
    const parts: Blob[] = [];
    let name = nameOf(job);
    for await (const response of this.slices(job, onProgress)) {
      parts.push(response.body ?? new Blob());
      name = fileName(response) ?? name;
    }
    saveBlob(this.document, new Blob(parts), name);
    return name;
  }

  private async write(job: ExportJob, onProgress: OnProgress): Promise<string | undefined> {
    const window = this.document.defaultView;
    if (!window || !canWriteToDisk(window)) throw tooLarge();
    const file = await chooseDiskFile(window, nameOf(job)).catch((cause: unknown) => {
      throw notWritten(cause);
    });
    if (!file) return undefined;
    try {
      for await (const { body } of this.slices(job, onProgress)) await file.write(body ?? new Blob());
      await file.close();
    } catch (cause) {
      await file.abort().catch(() => undefined);
      throw cause instanceof ProblemError ? cause : notWritten(cause);
    }
    return nameOf(job);
  }

  private async *slices(job: ExportJob, onProgress: OnProgress): AsyncGenerator<HttpResponse<Blob>> {
    for (let from = 0; from < job.bytes;) {
      const to = Math.min(from + sliceBytes, job.bytes) - 1;
      const response = await firstValueFrom(this.api.exportFile(job.id, { from, to }).pipe(retrying));
      const size = response.body?.size ?? 0;
      // The whole file, from a server that takes no ranges, is good as the first slice only.
      const isWhole = from === 0 && size === job.bytes;
      if (size !== to + 1 - from && !isWhole) throw notWhole();
      from += size;
      onProgress(from);
      yield response;
    }
  }
}

/** Again when the connection or the service failed, not when the answer is no. */
const retrying = retry<HttpResponse<Blob>>({
  count: retries,
  delay: (cause: unknown) =>
    cause instanceof ProblemError && (cause.status === 0 || cause.status >= 500)
      ? timer(retryAfterMs)
      : throwError(() => cause),
});

function nameOf({ format, gzip, created_at: at }: ExportJob): string {
  return `chat-history-${at.slice(0, 19).replaceAll(':', '')}.${fileEndings[format]}${gzip ? '.gz' : ''}`;
}

function tooLarge(): ProblemError {
  return new ProblemError(0, 'The file is too large for this browser to save', {
    advice: 'Chrome and Edge can; or make several exports of a shorter time each.',
  });
}

function notWhole(): ProblemError {
  return new ProblemError(0, 'The file did not arrive whole', {
    advice: 'Nothing was saved. Try again in a moment.',
  });
}

function notWritten(cause: unknown): ProblemError {
  return new ProblemError(0, 'The file could not be written', {
    advice:
      'Nothing was saved. See whether the disk has room for it, and whether the browser may write there.',
    cause,
  });
}
