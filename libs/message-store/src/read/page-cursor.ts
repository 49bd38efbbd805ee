import { createHash } from 'node:crypto';
import { InvalidCursorError } from '../message-store.errors.js';

/**
 * Keyset cursors: the sort key of the row at a page's edge, opaque to clients and bound to the query that made it.
 * The digest refuses a cursor that was altered or belongs to another query; it keeps no secret, because a position
 * gives nobody a right.
 */
export function encodeCursor(query: object, key: readonly string[]): string {
  return Buffer.from(JSON.stringify([digest(query, key), ...key])).toString('base64url');
}

/** What a part of a key must be, so that PostgreSQL can read it whoever made the cursor. */
const partIs = {
  time: (part: string) => isIsoTime(part),
  uuid: (part: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part),
  text: (part: string) => part.isWellFormed() && !part.includes('\0'),
};
export type KeyPart = keyof typeof partIs;

/**
 * @param query the same object (by its JSON) as the cursor was made with.
 * @param parts what the key is made of.
 * @returns the sort key.
 * @throws InvalidCursorError
 */
export function decodeCursor(query: object, cursor: string, parts: readonly KeyPart[]): string[] {
  const [found, ...key] = parse(cursor);
  if (found !== digest(query, key)) {
    throw new InvalidCursorError('the cursor was altered or belongs to another query');
  }
  if (key.length !== parts.length || !parts.every((kind, at) => partIs[kind](key[at] ?? ''))) {
    throw new InvalidCursorError('the cursor points nowhere');
  }
  return key;
}

function parse(cursor: string): string[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed) && parsed.every((part) => typeof part === 'string')) return parsed;
  } catch {
    // Falls through: not JSON is as altered as any other text.
  }
  throw new InvalidCursorError('the cursor cannot be read');
}

/** As this wrote it: `Date.parse` reads much that PostgreSQL does not, and the year 0 is one. */
function isIsoTime(part: string): boolean {
  const time = Date.parse(part);
  return part >= '0001' && !Number.isNaN(time) && new Date(time).toISOString() === part;
}

function digest(query: object, key: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([query, key]))
    .digest('base64url')
    .slice(0, 16);
}
