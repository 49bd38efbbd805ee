import { createWriteStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  ExportFileMissingError,
  ExportStorageError,
  ExportStorageFullError,
  type ByteRange,
  type ExportStore,
  type StoredFile,
} from './export-store.js';

/** Of a file that is not whole. */
const unfinished = '.part';

/** For the owner alone: these are people's chats. */
const folderMode = 0o700;
const fileMode = 0o600;

/** What is written to the disk in one go. */
const writeBytes = 262_144;

/** Files in a folder of this machine, or of a volume that all replicas share. Made when needed. */
export class DirectoryStore implements ExportStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = path.resolve(folder);
  }

  async write(key: string, file: Readable): Promise<void> {
    const part = this.#pathOf(key) + unfinished;
    try {
      await mkdir(this.#folder, { recursive: true, mode: folderMode });
      const written = createWriteStream(part, { mode: fileMode, highWaterMark: writeBytes, flush: true });
      await pipeline(file, written);
      await rename(part, this.#pathOf(key));
      await this.#flushFolder();
    } catch (error) {
      file.destroy();
      // Also under its name, when only the folder could not be flushed. What cannot be removed now is found by the next
      // look at what nobody wants.
      await this.remove(key).catch(() => undefined);
      throw asStorageError(error);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    try {
      const handle = await open(this.#pathOf(key));
      return handle.createReadStream({ ...range });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw new ExportFileMissingError('no such file', { cause: error });
      throw asStorageError(error);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await rm(this.#pathOf(key), { force: true });
      await rm(this.#pathOf(key) + unfinished, { force: true });
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async *list(): AsyncGenerator<StoredFile> {
    try {
      for await (const entry of await opendir(this.#folder)) {
        if (!entry.isFile()) continue;
        // Gone meanwhile is as good as never there.
        const found = await stat(this.#pathOf(entry.name)).catch(() => undefined);
        if (found) yield { key: path.basename(entry.name, unfinished), changedAt: found.mtime };
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw asStorageError(error);
    }
  }

  #pathOf(key: string): string {
    return path.join(this.#folder, key);
  }

  /** A new name is durable when its folder is. */
  async #flushFolder(): Promise<void> {
    const folder = await open(this.#folder);
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

/** Errors of the file system, by their codes; everything else is the file's own. */
function asStorageError(error: unknown): unknown {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ExportStorageFullError('no space left', { cause: error });
  return code === undefined
    ? error
    : new ExportStorageError(`the file system says ${code}`, { cause: error });
}

function codeOf(error: unknown): string | undefined {
  const isSystemError = typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;
  return isSystemError ? String(error.code) : undefined;
}
