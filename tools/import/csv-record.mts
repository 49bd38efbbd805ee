import { isUtf8 } from 'node:buffer';
import { RowFault } from './row-fault.mts';
import { endOfLine, type CutRecord } from './source-records.mts';

export interface CsvField {
  /** Null when its bytes are no UTF-8. */
  readonly text: string | null;
  /** Some files tell nothing (an empty field) from empty text (`""`). */
  readonly isQuoted: boolean;
}

interface FieldEnd {
  readonly field: CsvField;
  /** Of what ends it: a comma, the end of a row, or the end of the file. */
  readonly at: number;
}

const quote = 0x22;
const comma = 0x2c;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const notClosed = 'a quote is not closed, or something follows it';

/**
 * Takes a row of CSV as RFC 4180 has it, rows ending in CRLF or LF. Not by a library: fast-csv does not tell an empty
 * field from `""`, which here are null and empty text; it ends at the first row that is at fault, knows no line numbers,
 * and replaces bytes that are no UTF-8.
 *
 * Where a quote is not closed nobody knows where the row was meant to end: it is at fault by its first line alone, and
 * each line that follows is read as a row.
 */
export function cutCsvRow(bytes: Buffer, from: number, isEnd: boolean): CutRecord<CsvField[]> | undefined {
  const lineEnd = () => endOfLine(bytes, from) ?? (isEnd ? bytes.length : undefined);
  const fields: CsvField[] = [];
  for (let at = from; ;) {
    const read = bytes[at] === quote ? quotedField(bytes, at, isEnd) : plainField(bytes, at, isEnd);
    if (read === undefined) return undefined;
    if (read instanceof RowFault) {
      const end = lineEnd();
      return end === undefined ? undefined : { end, value: read };
    }
    fields.push(read.field);
    if (bytes[read.at] !== comma) {
      return { end: endOfRow(bytes, read.at), value: isBlank(fields) ? undefined : fields };
    }
    at = read.at + 1;
  }
}

function isBlank([first, ...others]: readonly CsvField[]): boolean {
  return others.length === 0 && first?.text === '' && !first.isQuoted;
}

function plainField(bytes: Buffer, from: number, isEnd: boolean): FieldEnd | RowFault | undefined {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === comma || byte === lineFeed) break;
    if (byte === quote) return new RowFault(null, 'there is a quote in a field that is not quoted');
  }
  if (at === bytes.length && !isEnd) return undefined;
  const end = at > from && bytes[at] !== comma && bytes[at - 1] === carriageReturn ? at - 1 : at;
  return { field: { text: textOf(bytes, from, end), isQuoted: false }, at: end };
}

function quotedField(bytes: Buffer, from: number, isEnd: boolean): FieldEnd | RowFault | undefined {
  const start = from + 1;
  let isDoubled = false;
  for (let at = start; ; at += 2) {
    at = bytes.indexOf(quote, at);
    if (at < 0) return isEnd ? new RowFault(null, notClosed) : undefined;
    // What follows tells whether it is closed.
    if (!isEnd && at + 2 >= bytes.length) return undefined;
    if (bytes[at + 1] === quote) {
      isDoubled = true;
      continue;
    }
    if (!endsField(bytes, at + 1)) return new RowFault(null, notClosed);
    const text = textOf(bytes, start, at);
    const said = isDoubled && text !== null ? text.replaceAll('""', '"') : text;
    return { field: { text: said, isQuoted: true }, at: at + 1 };
  }
}

function endsField(bytes: Buffer, at: number): boolean {
  return at === bytes.length || bytes[at] === comma || endOfRow(bytes, at) > at;
}

/** Behind the line break that begins at `at`; `at` when none does. */
function endOfRow(bytes: Buffer, at: number): number {
  if (bytes[at] === lineFeed) return at + 1;
  if (bytes[at] !== carriageReturn) return at;
  if (bytes[at + 1] === lineFeed) return at + 2;
  return at + 1 === bytes.length ? at + 1 : at;
}

function textOf(bytes: Buffer, from: number, to: number): string | null {
  const text = bytes.subarray(from, to);
  return isUtf8(text) ? text.toString() : null;
}
