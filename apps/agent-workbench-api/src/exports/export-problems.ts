import type { ProblemAnswer } from '@chat-history/service-shell';
import { ExportTimeoutError, ReadTimeoutError, TooManyExportJobsError } from '@chat-history/message-store';
import {
  ExportExpiredError,
  ExportJobNotFoundError,
  ExportWithoutFileError,
  RangeNotSatisfiableError,
  TooManyDownloadsError,
} from './export.errors.js';
import { ExportFileMissingError, ExportStorageError, ExportStorageFullError } from './store/export-store.js';

/** What a client is told of the errors of export jobs and their files. */
export function exportProblemOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof ExportJobNotFoundError) return { status: 404, detail: 'There is no such export.' };
  if (error instanceof ExportWithoutFileError) {
    return { status: 409, detail: `The export is ${error.status}: there is no file.` };
  }
  if (error instanceof ExportExpiredError || error instanceof ExportFileMissingError) {
    return { status: 410, detail: 'The file is not kept any more. Make a new export.' };
  }
  if (error instanceof RangeNotSatisfiableError) {
    return { status: 416, detail: 'The file does not have these bytes.' };
  }
  if (error instanceof TooManyExportJobsError) {
    return {
      status: 429,
      detail: 'Too many of your exports are unfinished. Wait for one of them, or cancel it.',
      retryAfterSeconds: 30,
    };
  }
  if (error instanceof TooManyDownloadsError) {
    return { status: 503, detail: 'Too many files are downloaded at once. Try again.', retryAfterSeconds: 5 };
  }
  if (error instanceof ExportStorageError) {
    return { status: 503, detail: 'The file cannot be read now. Try again.', retryAfterSeconds: 5 };
  }
  return undefined;
}

/** What is said in the job to who asked for it. Nothing of it comes from the error's own text. */
export function failureOf(error: unknown): { readonly text: string; readonly isExpected: boolean } {
  const expected = expectedFailureOf(error);
  const text =
    expected ?? 'The export failed for a reason that nobody expected. An operator has to look at it.';
  return { text, isExpected: expected !== undefined };
}

function expectedFailureOf(error: unknown): string | undefined {
  if (error instanceof ExportStorageFullError)
    return 'The storage for export files is full. Export less, or tell an operator.';
  if (error instanceof ExportStorageError)
    return 'The file could not be stored. Try again; if that fails as well, tell an operator.';
  if (error instanceof ExportTimeoutError || error instanceof ReadTimeoutError)
    return 'The export took too long. Export a shorter time range.';
  return undefined;
}
