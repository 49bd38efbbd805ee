import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { SessionTokenInvalidError } from './chat.errors.js';
import { SessionTokens } from './session-tokens.js';

const secret = 'only-for-specs-0123456789-0123456789';
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const tokens = new SessionTokens({ secret, required: true });

describe('a session token', () => {
  it('is the HMAC-SHA-256 of the session’s name, in base64url', () => {
    const expected = createHmac('sha256', secret).update('客服 #1').digest('base64url');
    expect(tokens.tokenOf('客服 #1')).toBe(expected);
  });

  it('continues its own session and no other', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        fc.pre(one !== other);
        expect(tokens.mayContinue(one, tokens.tokenOf(one))).toBe(true);
        expect(() => tokens.mayContinue(other, tokens.tokenOf(one))).toThrow(SessionTokenInvalidError);
      }),
      { numRuns },
    );
  });

  it.each(['', 'x', '款'.repeat(43), 'x'.repeat(43)])('is not %j', (token) => {
    expect(() => tokens.mayContinue('s', token)).toThrow(SessionTokenInvalidError);
  });

  it('of another secret is refused', () => {
    const others = new SessionTokens({ secret: `${secret}x`, required: true });
    expect(() => tokens.mayContinue('s', others.tokenOf('s'))).toThrow(SessionTokenInvalidError);
  });

  it('that is missing continues nothing', () => {
    expect(tokens.mayContinue('s', undefined)).toBe(false);
  });

  it('is not asked for when it is optional, and given only where there is a secret', () => {
    expect(new SessionTokens({ secret, required: false }).mayContinue('s', 'anything')).toBe(true);
    expect(new SessionTokens({ secret, required: false }).tokenOf('s')).toBe(tokens.tokenOf('s'));
    const without = new SessionTokens({ secret: undefined, required: false });
    expect(without.mayContinue('s', undefined)).toBe(true);
    expect(without.tokenOf('s')).toBeUndefined();
  });
});

describe('the session that an idempotency key begins', () => {
  it('has a name that is a UUID version 8, the same each time, and another one for another key', () => {
    const name = tokens.sessionNameOf('a-key-of-a-request');
    expect(name).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(tokens.sessionNameOf('a-key-of-a-request')).toBe(name);
    expect(tokens.sessionNameOf('another-key-of-one')).not.toBe(name);
  });

  it('has a name that nobody makes without the secret', () => {
    const others = new SessionTokens({ secret: `${secret}x`, required: true });
    expect(others.sessionNameOf('a-key-of-a-request')).not.toBe(tokens.sessionNameOf('a-key-of-a-request'));
  });
});
