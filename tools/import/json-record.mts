import { isUtf8 } from 'node:buffer';
import { isExactNumber, parseExactly } from '@chat-history/message-store';
import { RowFault } from './row-fault.mts';
import { endOfLine, type CutRecord } from './source-records.mts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Takes a line that is a JSON object. */
export function cutJsonLine(bytes: Buffer, from: number, isEnd: boolean): CutRecord<JsonObject> | undefined {
  const end = endOfLine(bytes, from) ?? (isEnd ? bytes.length : undefined);
  if (end === undefined) return undefined;
  return { end, value: objectOf(bytes.subarray(from, end)) };
}

function objectOf(line: Buffer): JsonObject | RowFault | undefined {
  if (!isUtf8(line)) return new RowFault(null, 'it is not UTF-8');
  const text = line.toString();
  if (text.trim() === '') return undefined;
  try {
    const value = parseExactly(text);
    return isObject(value) ? value : new RowFault(null, 'it is no JSON object');
  } catch {
    // The error would show the text.
    return new RowFault(null, 'it is no JSON');
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}
