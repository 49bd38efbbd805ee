import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { SpoolFile, isHeldByAnother, isUnreadable } from './spool-file.mts';
import type { SpoolNews, SpoolWorkerData } from './spool-protocol.js';

/** Finds, makes and puts away the files of a directory that several processes may share. */
export class SpoolFiles {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #report: (news: SpoolNews) => void;

  constructor({ directory, maxBytes }: SpoolWorkerData, report: (news: SpoolNews) => void) {
    this.#directory = path.resolve(directory);
    this.#maxBytes = maxBytes;
    this.#report = report;
  }

  /** @throws what the system says. */
  list(): string[] {
    return readdirSync(this.#directory)
      .filter((name) => /^spool-[\da-f]+\.sqlite$/.test(name))
      .map((name) => path.join(this.#directory, name));
  }

  /** One that nobody holds, or a new one. @throws what the system or SQLite says. */
  openAny(): SpoolFile {
    makeDirectory(this.#directory);
    return this.#firstFree() ?? this.#newFile();
  }

  #firstFree(): SpoolFile | undefined {
    for (const file of this.list()) {
      const found = this.tryOpen(file);
      if (found) return found;
    }
    return undefined;
  }

  /** @throws what the system or SQLite says. */
  #newFile(): SpoolFile {
    for (;;) {
      const file = path.join(this.#directory, `spool-${randomBytes(8).toString('hex')}.sqlite`);
      // Readable by the owner alone: it holds what customers wrote. Its -wal is made with the same mode.
      closeSync(openSync(file, 'wx', 0o600));
      try {
        const made = new SpoolFile(file, this.#maxBytes);
        if (existsSync(file)) return made;
        made.close();
      } catch (error) {
        // Another process took the empty file for one to adopt; it also removes it, or has.
        if (isHeldByAnother(error) || !existsSync(file)) continue;
        rmSync(file, { force: true });
        throw error;
      }
    }
  }

  /** @returns undefined where another process holds the file or adopted it a moment ago, or where it cannot be read. */
  tryOpen(file: string): SpoolFile | undefined {
    try {
      const found = new SpoolFile(file, this.#maxBytes);
      if (existsSync(file)) return found;
      found.close();
    } catch (error) {
      // Any other file that refuses, of another user perhaps, is left alone.
      if (isUnreadable(error)) this.putAway(file, error);
    }
    return undefined;
  }

  /** Keeps a file that cannot be read, under another name. */
  putAway(file: string, error: unknown): void {
    const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
    const kept = `${file}.unreadable-${time}`;
    try {
      renameSync(file, kept);
      if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${kept}-wal`);
    } catch {
      // Another process was faster, or the directory refuses; then the file is met again.
      return;
    }
    this.#report({ kind: 'unreadable', file: path.basename(kept), reason: reasonOf(error) });
  }
}

/** Also writes down, on the disk, that the directory is there: a file is as safe as the entry that names it. */
function makeDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = path.dirname(made)) {
    const parent = openSync(path.dirname(made), 'r');
    fsyncSync(parent);
    closeSync(parent);
  }
}

/** Never a path's contents or a message: SQLite's and the system's words. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
