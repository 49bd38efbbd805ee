import type { Readable } from 'node:stream';

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A file, or what a write that did not end left of one. */
export interface StoredFile {
  readonly key: string;
  readonly changedAt: Date;
}

/**
 * Where the files of export jobs live, for every replica alike. A key is letters, digits, `-` and `.`, and names one file
 * for ever: it is written once, by one process.
 */
export interface ExportStore {
  /**
   * Takes the file to its end and keeps it durably, whole or not at all: when this rejects, nothing is left of it that
   * `read` finds. Ends soon when `file` is destroyed, which it is in any case afterwards.
   * @throws ExportStorageFullError ExportStorageError, or what `file` fails with.
   */
  write(key: string, file: Readable): Promise<void>;

  /**
   * @param range within the file; all of it if left out.
   * @returns the bytes as they are asked for. The stream fails when they cannot be read to the end.
   * @throws ExportFileMissingError ExportStorageError
   */
  read(key: string, range?: ByteRange): Promise<Readable>;

  /** Deletes the file, and whatever a write left of it; there need be neither. @throws ExportStorageError */
  remove(key: string): Promise<void>;

  /** Everything that is there, of no order. @throws ExportStorageError */
  list(): AsyncIterable<StoredFile>;
}

/** The disk, or what the storage allows, is full. */
export class ExportStorageFullError extends Error {
  override readonly name = 'ExportStorageFullError';
}

/** The storage does not answer, or refuses. */
export class ExportStorageError extends Error {
  override readonly name = 'ExportStorageError';
}

/** There is no file of that key. */
export class ExportFileMissingError extends Error {
  override readonly name = 'ExportFileMissingError';
}
