/** A guarded route was asked for without credentials. */
export class MissingCredentialsError extends Error {
  override readonly name = 'MissingCredentialsError';
}

/** A token that is forged, expired or not ours, or whose account is gone or disabled. */
export class InvalidTokenError extends Error {
  override readonly name = 'InvalidTokenError';
}

/** An unknown user, a wrong password or a disabled account: which of them, nobody is told. */
export class LoginFailedError extends Error {
  override readonly name = 'LoginFailedError';
}

/** So many logins failed that the next may be tried only after `retryAfterMs`. */
export class TooManyLoginsError extends Error {
  override readonly name = 'TooManyLoginsError';
  constructor(readonly retryAfterMs: number) {
    super('too many failed logins');
  }
}

/** The account may not do this; someone of a higher role may. */
export class RoleTooLowError extends Error {
  override readonly name = 'RoleTooLowError';
}
