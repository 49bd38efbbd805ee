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

/**
 * @param query the same object (by its JSON) as the cursor was made with.
 * @returns the sort key.
 * @throws InvalidCursorError
 */
export function decodeCursor(query: object, cursor: string): string[] {
  const [found, ...key] = parse(cursor);
  if (found !== digest(query, key)) {
    throw new InvalidCursorError('the cursor was altered or belongs to another query');
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

function digest(query: object, key: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([query, key]))
    .digest('base64url')
    .slice(0, 16);
}
