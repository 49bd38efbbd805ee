import { ReadTimeoutError } from '@chat-history/message-store';

/** A read ran into its timeout; `howToNarrow` is what who asked can do about it, one or two sentences. */
export class TookTooLongError extends Error {
  override readonly name = 'TookTooLongError';
  constructor(
    readonly howToNarrow: string,
    cause: ReadTimeoutError,
  ) {
    super('the read took too long', { cause });
  }
}

/** For a read's `catch`: only the route knows what of its question can be narrowed. */
export function sayingHowToNarrow(howToNarrow: string) {
  return (error: unknown): never => {
    throw error instanceof ReadTimeoutError ? new TookTooLongError(howToNarrow, error) : error;
  };
}
