import { createHash } from 'node:crypto';

/**
 * What tells a message of another system from every other of its session and millisecond: the whole number it had as
 * its id there; or, where it had none, its place in the file (0 to 2^33 − 1) together with the text it had as its id,
 * or with all that the file says of it.
 */
export type SourceKey =
  | { readonly number: bigint }
  | { readonly place: number; readonly textId: string }
  | { readonly place: number; readonly said: string };

/** The numbers that have an order of their own: those of PostgreSQL's `bigint`. */
export const sourceNumbers = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/**
 * The id of a message that another system made: a UUID version 7 (RFC 9562, section 5.7) of its millisecond, whose
 * remaining 74 bits come from its key there. The same file gives the same ids whenever it is imported, and within a
 * millisecond order of ids is order of numbers, or of places:
 *
 *     48 bits  the message's millisecond        4 bits  version 7        2 bits  variant
 *     74 bits  number below 0      000 | 63 bits number + 2^63 |  8 bits hash of the session's name
 *              number below 2^32   001 | 32 bits number        | 39 bits hash of the session's name
 *              number below 2^53   010 | 53 bits number        | 18 bits hash of the session's name
 *              number below 2^63   011 | 63 bits number        |  8 bits hash of the session's name
 *              text as its id      1 | 33 bits place | 39 bits hash of the session's name and that text     | 0
 *              no id               1 | 33 bits place | 39 bits hash of the session's name and what was said | 1
 *
 * Hashes are the first bits of a SHA-256. They keep apart the messages of two sessions whose numbers both begin at 1
 * (pages and exports across sessions are ordered by time and id alone), and what stands at the same place of two files.
 * @throws RangeError a time before 1970, a number or a place out of bounds.
 */
export function sourceMessageId(createdAt: Date, sessionName: string, key: SourceKey): string {
  if (!(createdAt.getTime() >= 0)) throw new RangeError('the time of a message must not be before 1970');
  const bits = 'number' in key ? bitsOfNumber(key.number, sessionName) : bitsOfPlace(key, sessionName);
  const a = 0x7000n | (bits >> 62n);
  const b = (0b10n << 62n) | (bits & (2n ** 62n - 1n));
  const hex = `${hexOf(BigInt(createdAt.getTime()), 12)}${hexOf(a, 4)}${hexOf(b, 16)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Of a message that has a text as its id (RFC 9562 names the digit 7): see the layout above. */
const ofTextId = /^.{14}7[89a-f].*[02468ace]$/;

/**
 * Under which ids the same message may be kept: those from `least` to `most` whose last ten digits are equal to theirs.
 * That is the id alone, but where the message has a text as its id and may stand at another place of a later file.
 */
export function idsOfSource(id: string): { readonly least: string; readonly most: string } {
  if (!ofTextId.test(id)) return { least: id, most: id };
  const [time, hash] = [id.slice(0, 14), id.slice(-10)];
  return { least: `${time}7800-8000-00${hash}`, most: `${time}7fff-bfff-ff${hash}` };
}

function bitsOfNumber(number: bigint, sessionName: string): bigint {
  if (number < sourceNumbers.least || number > sourceNumbers.most) {
    throw new RangeError('the number of a message must have at most 64 bits');
  }
  const [tag, width] = sizeOf(number);
  const hashWidth = 71 - width;
  const bits = (BigInt.asUintN(width, number) << BigInt(hashWidth)) | hashOf(hashWidth, sessionName);
  return (tag << 71n) | bits;
}

/** The more bits a number leaves, the more tell sessions apart; what begins at 1 in each of them leaves most. */
function sizeOf(number: bigint): [tag: bigint, width: number] {
  if (number < 0n) return [0b000n, 63];
  if (number < 2n ** 32n) return [0b001n, 32];
  return number < 2n ** 53n ? [0b010n, 53] : [0b011n, 63];
}

function bitsOfPlace(key: Exclude<SourceKey, { number: bigint }>, sessionName: string): bigint {
  const { place } = key;
  if (!Number.isInteger(place) || place < 0 || place >= 2 ** 33) {
    throw new RangeError('the place of a message must have at most 33 bits');
  }
  const [text, kind] = 'textId' in key ? [key.textId, 0n] : [key.said, 1n];
  return (1n << 73n) | (BigInt(place) << 40n) | (hashOf(39, sessionName, text) << 1n) | kind;
}

/** @param width bits, at most 64. */
function hashOf(width: number, ...texts: readonly string[]): bigint {
  const hash = createHash('sha256').update(JSON.stringify(texts)).digest();
  return hash.readBigUInt64BE() >> BigInt(64 - width);
}

function hexOf(bits: bigint, digits: number): string {
  return bits.toString(16).padStart(digits, '0');
}
