import {
  BufferFullError,
  ExportTimeoutError,
  InvalidCursorError,
  MessageNotFoundError,
  MessageSetAsideError,
  MessageTooLargeError,
  NotDurableError,
  ReadCancelledError,
  ReadTimeoutError,
  SessionNotFoundError,
  StoreUnavailableError,
  TooManyExportsError,
  TooManyIntervalsError,
  TooManyRowsError,
  UnknownTimeZoneError,
  WriterClosedError,
} from '@chat-history/message-store';
import { tookTooLong, tooManyRows } from '@chat-history/http-contract';
import { clientGoneStatus, type ProblemAnswer } from '@chat-history/service-shell';
import { TookTooLongError } from './history/took-too-long.js';
import { IdempotencyKeyReusedError } from './sessions/idempotency-key-reused.error.js';

const retryAfterSeconds = 5;

/** What a client is told of the store's errors. */
export function storeProblemOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof StoreUnavailableError) {
    return { status: 503, detail: 'The history cannot be reached now. Try again.', retryAfterSeconds };
  }
  const howToNarrow = howToNarrowAfter(error);
  if (howToNarrow !== undefined)
    return {
      status: 503,
      type: tookTooLong,
      title: 'Took too long',
      detail: howToNarrow,
      retryAfterSeconds,
    };
  // For the log alone: nobody is there to be told.
  if (error instanceof ReadCancelledError) return { status: clientGoneStatus };
  if (error instanceof TooManyExportsError) {
    return { status: 503, detail: 'Too many exports run at once. Try again later.', retryAfterSeconds: 30 };
  }
  if (error instanceof TooManyRowsError)
    return {
      status: 409,
      type: tooManyRows,
      title: 'Too many rows',
      detail: `These are more than ${error.maxRows.toLocaleString('en')} messages. Make a job of it: POST /api/history/exports.`,
    };
  return badInputOf(error) ?? notFoundOf(error) ?? notStoredOf(error);
}

function howToNarrowAfter(error: unknown): string | undefined {
  if (error instanceof TookTooLongError) return error.howToNarrow;
  if (error instanceof ExportTimeoutError) return 'Export a shorter time range.';
  if (error instanceof ReadTimeoutError) return 'Try again.';
  return undefined;
}

function badInputOf(error: unknown): ProblemAnswer | undefined {
  const fault = (field: string, message: string) => ({ status: 400, errors: [{ field, message }] });
  if (error instanceof InvalidCursorError)
    return fault('cursor', 'must be from an earlier page of the same query');
  if (error instanceof TooManyIntervalsError) return fault('interval', 'must be longer for so long a range');
  if (error instanceof UnknownTimeZoneError)
    return fault('time_zone', 'must be a time zone that the database knows');
  if (error instanceof IdempotencyKeyReusedError) {
    const message = 'came with another message before; each needs a new one';
    return { status: 422, errors: [{ field: 'Idempotency-Key', message }] };
  }
  if (error instanceof MessageTooLargeError) return fault('content', 'must have at most 1 MiB of UTF-8');
  return undefined;
}

function notFoundOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof SessionNotFoundError)
    return { status: 404, detail: 'No message of this session is kept.' };
  if (error instanceof MessageNotFoundError)
    return { status: 404, detail: 'The session has no such message.' };
  return undefined;
}

function notStoredOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof NotDurableError) {
    return {
      // As of a gateway: it may have been done.
      status: 504,
      detail:
        'The message was taken but is not confirmed as stored. Send it again with its Idempotency-Key, or look at the transcript first.',
      retryAfterSeconds,
    };
  }
  if (error instanceof BufferFullError || error instanceof WriterClosedError) {
    return { status: 503, detail: 'The message was not taken. Send it again.', retryAfterSeconds };
  }
  if (error instanceof MessageSetAsideError) {
    return { status: 500, detail: 'The message could not be stored; an operator has to look at it.' };
  }
  return undefined;
}
