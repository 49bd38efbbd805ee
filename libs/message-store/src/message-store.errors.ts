/** PostgreSQL does not answer, refuses connections, or ran out of the time it was given. Try again later. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

/** A statement was cancelled because it ran longer than readers may; a narrower question may succeed. */
export class ReadTimeoutError extends Error {
  override readonly name = 'ReadTimeoutError';
}

/** Nobody waits for the answer any more: the caller's signal was aborted, and the statement cancelled in PostgreSQL. */
export class ReadCancelledError extends Error {
  override readonly name = 'ReadCancelledError';
}

/** A cursor that was altered, or that belongs to another query. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/** No message of that session is kept (any more). */
export class SessionNotFoundError extends Error {
  override readonly name = 'SessionNotFoundError';
}

/** No such message in that session (any more). */
export class MessageNotFoundError extends Error {
  override readonly name = 'MessageNotFoundError';
}

/** The text or metadata of a message is larger than the store keeps (1 MiB of UTF-8 each). */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError';
  readonly field: 'content' | 'metadata';

  constructor(field: 'content' | 'metadata', message: string) {
    super(message);
    this.field = field;
  }
}

/** The writer's buffer is at its bound; the message was not taken. */
export class BufferFullError extends Error {
  override readonly name = 'BufferFullError';
}

/**
 * Neither the database nor the spool confirmed the message in time. It is kept in memory and tried further, but a
 * process that is killed now loses it.
 */
export class NotDurableError extends Error {
  override readonly name = 'NotDurableError';
}

/** The writer is draining or closed; the message was not taken. */
export class WriterClosedError extends Error {
  override readonly name = 'WriterClosedError';
}

/** The database refused this very row for its own fault; it was set aside with the reason. */
export class MessageSetAsideError extends Error {
  override readonly name = 'MessageSetAsideError';
}

/** An agent account with that username exists already. */
export class UsernameTakenError extends Error {
  override readonly name = 'UsernameTakenError';
}

/** So many logins at once that this one would wait too long for its turn. Try again in a second. */
export class PasswordCheckBusyError extends Error {
  override readonly name = 'PasswordCheckBusyError';
}

/** The range holds more intervals than one answer may; a longer interval or a shorter range may succeed. */
export class TooManyIntervalsError extends Error {
  override readonly name = 'TooManyIntervalsError';
}

/** A time zone that PostgreSQL does not know by that name. */
export class UnknownTimeZoneError extends Error {
  override readonly name = 'UnknownTimeZoneError';
}

/** As many exports run as may at once. Try again when one of them has ended. */
export class TooManyExportsError extends Error {
  override readonly name = 'TooManyExportsError';
}

/** More rows than this export may have; a job may have any number. */
export class TooManyRowsError extends Error {
  override readonly name = 'TooManyRowsError';

  constructor(readonly maxRows: number) {
    super(`there are more than ${maxRows} messages`);
  }
}

/** So many exports that one agent asked for are unfinished that no other is taken. Wait for one of them, or cancel it. */
export class TooManyExportJobsError extends Error {
  override readonly name = 'TooManyExportJobsError';
}

/** An export ran out of the time it has, or made no progress for too long; its file is not complete. */
export class ExportTimeoutError extends Error {
  override readonly name = 'ExportTimeoutError';
}

/** The connection that holds the clean-up's lock is gone, so another worker may be running. */
export class RetentionLockLostError extends Error {
  override readonly name = 'RetentionLockLostError';
}
