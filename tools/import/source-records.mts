import { RowFault } from './row-fault.mts';

/** A record of a file, or what is wrong with it. */
export interface SourceRecord<Value> {
  /** The line of the file that it begins in, from 1. */
  readonly line: number;
  readonly value: Value | RowFault;
}

export interface CutRecord<Value> {
  /** The first byte after it. */
  readonly end: number;
  /** Undefined for a line without anything. */
  readonly value: Value | RowFault | undefined;
}

/**
 * Takes the record that begins at `from`.
 * @param isEnd nothing comes after `bytes`.
 * @returns undefined when its end is not in `bytes`, which cannot be when `isEnd`.
 */
export type Cut<Value> = (bytes: Buffer, from: number, isEnd: boolean) => CutRecord<Value> | undefined;

/**
 * What a record may take: a text of 1 MiB has 6 as JSON when each of its characters is escaped, and metadata the same.
 * It also bounds how far a quote that is never closed is followed.
 */
export const maxRecordBytes = 16 * 1_048_576;

const lineFeed = 0x0a;
const byteOrderMark = Buffer.from('\ufeff');
const nothing = Buffer.alloc(0);

/**
 * Reads the records of a file one after the other. It holds what it has read and not yet cut: a chunk, or a record that
 * is longer, up to twice `maxRecordBytes`. A record that is too long is at fault by its first line alone; reading goes
 * on in the next.
 */
export async function* sourceRecords<Value>(
  chunks: AsyncIterable<Buffer>,
  cut: Cut<Value>,
): AsyncGenerator<SourceRecord<Value>> {
  const cutter = new Cutter(cut);
  for await (const chunk of chunks) {
    cutter.add(chunk);
    yield* cutter.records(false);
  }
  yield* cutter.records(true);
}

class Cutter<Value> {
  readonly #cut: Cut<Value>;
  #bytes = nothing;
  /** What came since, until there is enough to look again. */
  #added: Buffer[] = [];
  #addedBytes = 0;
  #line = 1;
  #isBegun = false;
  /** Within a line that is too long. */
  #isSkipping = false;

  constructor(cut: Cut<Value>) {
    this.#cut = cut;
  }

  add(chunk: Buffer): void {
    this.#added.push(chunk);
    this.#addedBytes += chunk.length;
  }

  *records(isEnd: boolean): Generator<SourceRecord<Value>> {
    // Looking at a long record again with each chunk would take time by the square of its length.
    if (!isEnd && this.#addedBytes < Math.max(this.#bytes.length, byteOrderMark.length)) return;
    this.#join();
    let from = this.#begin();
    while (from < this.#bytes.length) {
      if (this.#isSkipping) {
        from = this.#skip(from);
        continue;
      }
      const record = this.#cut(this.#bytes, from, isEnd) ?? this.#tooLong(from);
      if (!record) break;
      if (record.value !== undefined) yield { line: this.#line, value: record.value };
      this.#line += linesIn(this.#bytes, from, record.end);
      from = record.end;
    }
    this.#bytes = this.#bytes.subarray(from);
  }

  #join(): void {
    this.#bytes = Buffer.concat([this.#bytes, ...this.#added]);
    this.#added = [];
    this.#addedBytes = 0;
  }

  /** Behind the byte order mark that some programs begin a file with. */
  #begin(): number {
    if (this.#isBegun) return 0;
    this.#isBegun = true;
    return this.#bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? byteOrderMark.length : 0;
  }

  #tooLong(from: number): CutRecord<Value> | undefined {
    if (this.#bytes.length - from <= maxRecordBytes) return undefined;
    const value = new RowFault(null, 'it takes more than 16 MiB, or a quote is not closed');
    const end = endOfLine(this.#bytes, from);
    this.#isSkipping = end === undefined;
    return { end: end ?? this.#bytes.length, value };
  }

  #skip(from: number): number {
    const end = endOfLine(this.#bytes, from);
    if (end === undefined) return this.#bytes.length;
    this.#isSkipping = false;
    this.#line++;
    return end;
  }
}

/** The first byte after the line; undefined when its end is not there. */
export function endOfLine(bytes: Buffer, from: number): number | undefined {
  const at = bytes.indexOf(lineFeed, from);
  return at < 0 ? undefined : at + 1;
}

function linesIn(bytes: Buffer, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(lineFeed, from); at >= 0 && at < to; at = bytes.indexOf(lineFeed, at + 1)) {
    lines++;
  }
  return lines;
}
