import { createHmac, timingSafeEqual } from 'node:crypto';
import { stringify } from 'uuid';
import { SessionTokenInvalidError } from './chat.errors.js';

export interface SessionTokenOptions {
  /** 32 bytes or more, the same on every replica. Without it there are no tokens, so they must not be required. */
  readonly secret: string | undefined;
  /** Whether a session that exists is continued only with its token. */
  readonly required: boolean;
}

/** Shows that a session is the caller's, without asking anybody: a token is an HMAC of the session's name. */
export class SessionTokens {
  constructor(private readonly options: SessionTokenOptions) {}

  /** For who began the session. */
  tokenOf(sessionName: string): string | undefined {
    const { secret } = this.options;
    return secret === undefined ? undefined : hmac(secret, sessionName).toString('base64url');
  }

  /**
   * Whether the caller may continue the session if it exists.
   * @throws SessionTokenInvalidError when the token is not the session's.
   */
  mayContinue(sessionName: string, token: string | undefined): boolean {
    if (!this.options.required) return true;
    if (token === undefined) return false;
    if (!isEqual(token, this.tokenOf(sessionName) ?? ''))
      throw new SessionTokenInvalidError('not this session’s token');
    return true;
  }

  /**
   * The name of the session that a request with an idempotency key begins when it names none: the same for a repeat, on
   * any replica, and without the secret not to be made from the key. A UUID version 8 (RFC 9562, section 5.8).
   */
  sessionNameOf(idempotencyKey: string): string {
    // No session's name holds a NUL, so this is no session's token either.
    const bytes = hmac(this.options.secret ?? '', `session name\u0000${idempotencyKey}`).subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    return stringify(bytes);
  }
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function isEqual(given: string, expected: string): boolean {
  const [givenBytes, expectedBytes] = [Buffer.from(given), Buffer.from(expected)];
  return givenBytes.length === expectedBytes.length && timingSafeEqual(givenBytes, expectedBytes);
}
