import { hash, verify } from '@node-rs/argon2';
import { PasswordCheckBusyError } from '../message-store.errors.js';

/** Argon2id, the library's default, as the OWASP Password Storage Cheat Sheet has it: 19 MiB, 2 passes, 1 lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/**
 * The hash of a random text that nobody kept, with the costs above: what an unknown user's password is compared with,
 * so that it takes as long as a wrong one.
 */
export const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$1mE55SQgXedQ947L7fwyfQ$y0z9eA/qmYhQuIDUzKFhaPBe/+AX/ALdxcnh+SX26fc';

/** Each hash keeps a core and 19 MiB busy; half of libuv's four threads stay free for files and DNS. */
const maxRunning = 2;

/** At about 50 ms each, the last in line waits less than a second. */
const maxWaiting = 30;

let running = 0;
const waiting: (() => void)[] = [];

/** @returns the PHC string, salt and costs included. @throws PasswordCheckBusyError */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password, cost));
}

/** @returns whether it is the password of that hash. @throws PasswordCheckBusyError */
export async function isPasswordOf(passwordHash: string, password: string): Promise<boolean> {
  return inTurn(() => verify(passwordHash, password));
}

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running < maxRunning) {
    running++;
  } else {
    if (waiting.length >= maxWaiting)
      throw new PasswordCheckBusyError('too many passwords wait to be checked');
    // Whoever ends hands its place over, so `running` stays as it is.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
