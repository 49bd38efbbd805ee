import type { ExportJobStatus } from '@chat-history/http-contract';

/** No such job, or none that this agent may know of. */
export class ExportJobNotFoundError extends Error {
  override readonly name = 'ExportJobNotFoundError';
}

/** The job has no file: not yet, or it ended without one. */
export class ExportWithoutFileError extends Error {
  override readonly name = 'ExportWithoutFileError';
  constructor(readonly status: ExportJobStatus) {
    super(`the job is ${status}`);
  }
}

/** The file's time is over. */
export class ExportExpiredError extends Error {
  override readonly name = 'ExportExpiredError';
}

/** As many files are sent as may at once. */
export class TooManyDownloadsError extends Error {
  override readonly name = 'TooManyDownloadsError';
}

/** The file has no such bytes. */
export class RangeNotSatisfiableError extends Error {
  override readonly name = 'RangeNotSatisfiableError';
}
