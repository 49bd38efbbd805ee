import { TooManyLoginsError } from './auth.errors.js';
import { LoginThrottle } from './login-throttle.js';

const succeed = async () => 'in';
const fail = async () => undefined;

async function failTimes(
  throttle: LoginThrottle,
  count: number,
  username: (n: number) => string,
  address: string,
) {
  for (let n = 0; n < count; n++) await throttle.attempt(username(n), address, fail);
}

describe('the login throttle', () => {
  it('stops a network that failed a hundred times with whatever names, and no other', async () => {
    const throttle = new LoginThrottle();
    await failTimes(throttle, 100, (n) => `name ${n}`, '2001:db8::1');
    await expect(throttle.attempt('new', '2001:db8::2', succeed)).rejects.toThrow(TooManyLoginsError);
    expect(await throttle.attempt('new', '2001:db8:0:1::1', succeed)).toBe('in');
  });

  it('stops a name from the network it failed from, and lets it in from another', async () => {
    const throttle = new LoginThrottle();
    await failTimes(throttle, 10, () => 'mei', '192.0.2.1');
    await expect(throttle.attempt('MEI', '192.0.2.1', succeed)).rejects.toThrow(TooManyLoginsError);
    expect(await throttle.attempt('mei', '192.0.2.2', succeed)).toBe('in');
  });

  it('counts what it refused against nobody else', async () => {
    const throttle = new LoginThrottle();
    await failTimes(throttle, 10, () => 'mei', '192.0.2.1');
    for (let n = 0; n < 3_000; n++) {
      await expect(throttle.attempt('mei', '192.0.2.1', succeed)).rejects.toThrow(TooManyLoginsError);
    }
    expect(await throttle.attempt('ann', '192.0.2.1', succeed)).toBe('in');
    await failTimes(throttle, 90, (n) => `name ${n}`, '192.0.2.1');
    for (let n = 0; n < 3_000; n++) {
      await expect(throttle.attempt(`name ${n}`, '192.0.2.1', succeed)).rejects.toThrow(TooManyLoginsError);
    }
    expect(await throttle.attempt('ann', '192.0.2.2', succeed)).toBe('in');
  });

  it('counts neither who gets in nor what could not be tried', async () => {
    const throttle = new LoginThrottle();
    const away = async () => {
      throw new Error('the database is away');
    };
    for (let n = 0; n < 150; n++) {
      expect(await throttle.attempt('mei', '192.0.2.1', succeed)).toBe('in');
      await expect(throttle.attempt('mei', '192.0.2.1', away)).rejects.toThrow('away');
    }
  });

  it('says how long to wait', async () => {
    const throttle = new LoginThrottle();
    await failTimes(throttle, 10, () => 'mei', '192.0.2.1');
    const refusal: unknown = await throttle
      .attempt('mei', '192.0.2.1', succeed)
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect((refusal as TooManyLoginsError).retryAfterMs).toBeLessThanOrEqual(60_000);
  });
});
