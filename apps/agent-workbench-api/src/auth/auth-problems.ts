import { PasswordCheckBusyError } from '@chat-history/message-store';
import type { ProblemAnswer } from '@chat-history/service-shell';
import {
  InvalidTokenError,
  LoginFailedError,
  MissingCredentialsError,
  RoleTooLowError,
  TooManyLoginsError,
} from './auth.errors.js';

/** What a client is told when it is not let in. */
export function authProblemOf(error: unknown): ProblemAnswer | undefined {
  if (error instanceof MissingCredentialsError) {
    return { status: 403, detail: 'Sign in first: this needs a bearer token.' };
  }
  if (error instanceof InvalidTokenError) {
    return { status: 401, detail: 'The token is not valid, or not any more. Sign in again.' };
  }
  if (error instanceof LoginFailedError) {
    return { status: 401, detail: 'The username or the password is wrong.' };
  }
  if (error instanceof RoleTooLowError) return { status: 403, detail: error.message };
  if (error instanceof TooManyLoginsError) {
    return {
      status: 429,
      detail: 'Too many logins failed. Wait a minute.',
      retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterMs / 1_000)),
    };
  }
  if (error instanceof PasswordCheckBusyError) {
    return { status: 503, detail: 'Too many people sign in at once.', retryAfterSeconds: 1 };
  }
  return undefined;
}
