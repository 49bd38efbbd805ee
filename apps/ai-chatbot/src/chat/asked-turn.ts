import { createHash } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';
import type { SessionTokens } from './session-tokens.js';

/** What a customer sends. */
export interface Question {
  readonly text: string;
  /** A session begins when none is named. */
  readonly sessionName?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** A question with all that is known of it before anybody is asked. */
export interface AskedTurn {
  readonly text: string;
  readonly sessionName: string;
  /** Who names a session may name somebody else's. */
  readonly nameIsFrom: 'caller' | 'idempotency key' | 'chance';
  /** Whether the session, if it exists, was shown to be the caller's. */
  readonly mayContinue: boolean;
  readonly idempotency?: { readonly key: string; readonly requestHash: Buffer };
}

/** @throws SessionTokenInvalidError */
export function askedTurn(question: Question, tokens: SessionTokens): AskedTurn {
  const { text, sessionName, sessionToken, idempotencyKey: key } = question;
  const idempotency = key === undefined ? undefined : { key, requestHash: requestHash(sessionName, text) };
  if (sessionName !== undefined) {
    const mayContinue = tokens.mayContinue(sessionName, sessionToken);
    return { text, sessionName, nameIsFrom: 'caller', mayContinue, ...(idempotency && { idempotency }) };
  }
  if (!idempotency) return { ...inFreshSession(text) };
  return {
    text,
    sessionName: tokens.sessionNameOf(idempotency.key),
    nameIsFrom: 'idempotency key',
    mayContinue: false,
    idempotency,
  };
}

/** A session that nobody can know yet; its name is made by time. */
export function inFreshSession(text: string): AskedTurn {
  return { text, sessionName: uuidV7(), nameIsFrom: 'chance', mayContinue: false };
}

/** Only the database knows whether a session of that name exists, and then it is somebody else's. */
export function mayBeAnothers({ nameIsFrom, mayContinue }: AskedTurn): boolean {
  return nameIsFrom === 'caller' && !mayContinue;
}

function requestHash(sessionName: string | undefined, text: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([sessionName ?? null, text]))
    .digest();
}
