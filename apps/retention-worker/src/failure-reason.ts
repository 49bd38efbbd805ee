import { RetentionLockLostError, StoreUnavailableError } from '@chat-history/message-store';

/** The process was told to end; the next run goes on from there. */
export class RunStoppedError extends Error {
  override readonly name = 'RunStoppedError';
}

/** Errors whose message is made to be shown. */
const known = [RetentionLockLostError, RunStoppedError, StoreUnavailableError];

/** An SQLSTATE of PostgreSQL. */
const undefinedTable = '42P01';

/** What a receipt says of a failure. An error nobody foresaw may carry SQL or data: only its kind is told. */
export function failureReason(error: unknown): string {
  if (!(error instanceof Error)) return 'unexpected error';
  if (known.some((kind) => error instanceof kind)) return error.message;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === undefinedTable) return 'the database has no chat history schema: npm run migrate makes it';
  return `unexpected ${`${error.name} ${code}`.trim()}; the log says where`;
}
