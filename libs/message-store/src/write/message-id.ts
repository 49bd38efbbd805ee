import { randomInt } from 'node:crypto';
import { v7 as uuidV7 } from 'uuid';

/** Ids of one millisecond are told apart, and ordered, by a number of 32 bits inside them. */
const maxSequence = 0xffff_ffff;

const messageId = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

let lastMs = 0;
let sequence = 0;

/**
 * Makes the id of a message: a UUID version 7 (RFC 9562), later than every id that this process made before, also when
 * the clock is set back.
 * @param notBefore the id's time is later than this moment: a process whose clock is behind does not put an answer
 * before its question. Every later id of the process comes after it too, so do not follow clocks that are far off.
 */
export function newMessageId(notBefore?: Date): string {
  const nowMs = Math.max(Date.now(), notBefore ? notBefore.getTime() + 1 : 0);
  if (nowMs > lastMs) {
    lastMs = nowMs;
    sequence = randomInt(0x8000_0000);
  } else if (++sequence > maxSequence) {
    lastMs++;
    sequence = 0;
  }
  return uuidV7({ msecs: lastMs, seq: sequence });
}

/** The millisecond inside an id (RFC 9562, section 5.7). @throws TypeError not a UUID of version 7 in lower case */
export function timeOfMessageId(id: string): Date {
  const time = timeInsideId(id);
  if (!time) throw new TypeError('the id of a message must be a UUID of version 7 in lower case');
  return time;
}

/** The same of a text that need not be such an id; undefined where it is none. */
export function timeInsideId(text: string): Date | undefined {
  if (!messageId.test(text)) return undefined;
  return new Date(Number.parseInt(text.slice(0, 8) + text.slice(9, 13), 16));
}
