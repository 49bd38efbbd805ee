import { MessageTooLargeError } from '../message-store.errors.js';
import { parseExactly } from './exact-json.js';

/** The most a text, or the JSON of a metadata object, may take in UTF-8. */
export const maxContentBytes = 1_048_576;

/** The most that fits into the column `response_time_ms`, an `integer`. */
export const maxResponseTimeMs = 2_147_483_647;

/**
 * The same text but for what PostgreSQL cannot hold: NUL and lone surrogates become U+FFFD.
 * (PostgreSQL manual, "Character Types": NUL cannot be stored; a lone surrogate has no UTF-8.)
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

/**
 * What JSON makes of the value, with every key and string storable.
 * @throws TypeError JSON cannot hold it (a cycle, a bigint).
 */
export function storableMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const json = JSON.stringify(metadata);
  if (Buffer.byteLength(json) > maxContentBytes) {
    throw new MessageTooLargeError('metadata', `metadata takes more than ${maxContentBytes} bytes`);
  }
  return parseExactly(json, storableProperty) as Record<string, unknown>;
}

/** Keys can only be changed where their object is at hand, so each object is rebuilt when its turn comes. */
function storableProperty(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [storableText(key), part]));
}

/** @throws MessageTooLargeError over 1 MiB of UTF-8. */
export function storableContent(content: string): string {
  const text = storableText(content);
  if (Buffer.byteLength(text) > maxContentBytes) {
    throw new MessageTooLargeError('content', `the text takes more than ${maxContentBytes} bytes`);
  }
  return text;
}

/** Whole milliseconds that an `integer` column holds; null for what is no duration. */
export function storableDurationMs(durationMs: number | undefined): number | null {
  if (durationMs === undefined || !(durationMs >= 0)) return null;
  return Math.min(Math.round(durationMs), maxResponseTimeMs);
}
