import { createHash } from 'node:crypto';

/**
 * What tells a message of another system from every other: the whole number it had as its id there; or, where it had
 * none, its place in the file (0 to 2^40 − 1) together with all that the file says of it.
 */
export type SourceKey = { readonly number: bigint } | { readonly place: number; readonly said: string };

const numbers = 0n;
const places = 1n;

/** The numbers that have an order of their own: those of PostgreSQL's `bigint`. */
export const sourceNumbers = { least: -(2n ** 63n), most: 2n ** 63n - 1n };

/**
 * The id of a message that another system made: a UUID version 7 (RFC 9562, section 5.7) of its millisecond, whose
 * remaining 74 bits come from its key there. The same file gives the same ids whenever it is imported, and within a
 * millisecond order of ids is order of numbers, or of places:
 *
 *     48 bits  the message's millisecond        4 bits  version 7        2 bits  variant
 *     74 bits  number   2 bits 00 | 64 bits number + 2^63 | 8 bits 0
 *              place    2 bits 01 | 40 bits place         | 32 bits of the SHA-256 of what was said
 *
 * The hash keeps apart what stands at the same place of two files.
 * @throws RangeError a time before 1970, a number or a place out of bounds.
 */
export function sourceMessageId(createdAt: Date, key: SourceKey): string {
  if (!(createdAt.getTime() >= 0)) throw new RangeError('the time of a message must not be before 1970');
  const bits = 'number' in key ? bitsOfNumber(key.number) : bitsOfPlace(key.place, key.said);
  const a = 0x7000n | (bits >> 62n);
  const b = (0b10n << 62n) | (bits & (2n ** 62n - 1n));
  const hex = `${hexOf(BigInt(createdAt.getTime()), 12)}${hexOf(a, 4)}${hexOf(b, 16)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bitsOfNumber(number: bigint): bigint {
  if (number < sourceNumbers.least || number > sourceNumbers.most) {
    throw new RangeError('the number of a message must have at most 64 bits');
  }
  return (numbers << 72n) | ((number - sourceNumbers.least) << 8n);
}

function bitsOfPlace(place: number, said: string): bigint {
  if (!Number.isInteger(place) || place < 0 || place >= 2 ** 40) {
    throw new RangeError('the place of a message must have at most 40 bits');
  }
  const hash = createHash('sha256').update(said).digest().readUInt32BE();
  return (places << 72n) | (BigInt(place) << 32n) | BigInt(hash);
}

function hexOf(bits: bigint, digits: number): string {
  return bits.toString(16).padStart(digits, '0');
}
