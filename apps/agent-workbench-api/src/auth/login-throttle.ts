import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TooManyLoginsError } from './auth.errors.js';
import { networkOf } from './network-of.js';

const durationS = 60;

/** Failures a minute for one name from one network: a person who mistypes stays far below. */
const maxFailuresOfName = 10;

/** Failures a minute from one network, whatever the names: an office behind one address stays below. */
const maxFailuresOfNetwork = 100;

/**
 * Passwords checked a minute in all: more than two cores can (about 40 a second), so it keeps nobody out who would
 * have been let in. It bounds the memory of the other two, whose keys an attacker with many addresses chooses.
 */
const maxAttempts = 3_000;

/**
 * Slows down guessing of passwords. Counts in memory, each instance for itself.
 * An attempt is counted before its outcome is known, so that many at once do not slip through, and given back unless
 * it failed.
 */
@Injectable()
export class LoginThrottle {
  private readonly all = new RateLimiterMemory({ points: maxAttempts, duration: durationS });
  private readonly networks = new RateLimiterMemory({ points: maxFailuresOfNetwork, duration: durationS });
  private readonly names = new RateLimiterMemory({ points: maxFailuresOfName, duration: durationS });

  /**
   * @param login resolves to undefined when it failed; when it rejects, nothing was tried.
   * @throws TooManyLoginsError without calling `login`.
   */
  async attempt<Result>(
    username: string,
    address: string,
    login: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const network = networkOf(address);
    const name = `${network} ${username.toLowerCase()}`;
    await takeAll([
      [this.all, 'all'],
      [this.networks, network],
      [this.names, name],
    ]);
    let failed = false;
    try {
      const result = await login();
      failed = result === undefined;
      return result;
    } finally {
      if (!failed) await Promise.all([this.networks.reward(network), this.names.reward(name)]);
    }
  }
}

/** What one of them refuses the ones before it have back: else it would keep out others, who have not failed. */
async function takeAll(points: readonly (readonly [RateLimiterMemory, string])[]): Promise<void> {
  for (const [at, [limiter, key]] of points.entries()) {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      await Promise.all(points.slice(0, at).map(([taken, itsKey]) => taken.reward(itsKey)));
      throw refusal instanceof RateLimiterRes ? new TooManyLoginsError(refusal.msBeforeNext) : refusal;
    }
  }
}
