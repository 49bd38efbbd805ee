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
import { setImmediate } from 'node:timers/promises';
import { SpoolFile, isHeldByAnother, isUnreadable } from './spool-file.mts';
import type { SpoolFigures, SpoolNews, SpoolRow, SpoolWorkerData } from './spool-protocol.js';

/** Adopted so many at a time, so that appends do not wait for a large file of somebody else. */
const sliceRows = 1_000;
const sliceBytes = 4 * 1_048_576;

/** The files of a directory: one is ours, those of dead processes become part of it, those of live ones are left alone. */
export class SpoolDirectory {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #report: (news: SpoolNews) => void;
  #own: SpoolFile | undefined;
  #isAdopting = false;
  #isClosed = false;
  #lastReason = 'the spool is closed';

  constructor({ directory, maxBytes }: SpoolWorkerData, report: (news: SpoolNews) => void) {
    this.#directory = path.resolve(directory);
    this.#maxBytes = maxBytes;
    this.#report = report;
  }

  get figures(): SpoolFigures {
    const { messages = 0, bytes = 0 } = this.#own ?? {};
    return { isOpen: this.#own !== undefined, messages, bytes };
  }

  /** Our file; one that was removed under our feet is not safe, whatever SQLite says: what it holds moves to a new one. */
  own(): SpoolFile {
    const removed = this.#own && !existsSync(this.#own.file) ? this.#own : undefined;
    if (removed) this.#own = undefined;
    this.open();
    if (!this.#own) {
      this.#own = removed;
      throw new Error(this.#lastReason);
    }
    if (removed) void this.#move(removed);
    return this.#own;
  }

  /** Does nothing when it is open. Where that is impossible it says so, and may be tried again. */
  open(): void {
    if (this.#own || this.#isClosed) return;
    try {
      makeDirectory(this.#directory);
      this.#own = this.#firstFree() ?? this.#newFile();
      this.#report({ kind: 'opened', file: path.basename(this.#own.file) });
    } catch (error) {
      this.#lastReason = reasonOf(error);
      this.#report({ kind: 'unusable', reason: this.#lastReason });
    }
  }

  /** Takes over what dead processes left, slice by slice. A crash between leaves a row in both: it is replayed twice, stored once. */
  async adopt(): Promise<void> {
    if (this.#isAdopting || !this.#own) return;
    this.#isAdopting = true;
    try {
      for (const file of this.#files()) {
        if (file === this.#own?.file) continue;
        const found = this.#tryOpen(file);
        if (!found) continue;
        try {
          if (await this.#takeAllOf(found)) found.closeAndUnlink();
          else found.close();
        } catch (error) {
          found.close();
          if (isUnreadable(error)) this.#putAway(file, error);
        }
      }
    } catch {
      // The directory is gone or refuses: the next look tells, and appends say so meanwhile.
    } finally {
      this.#isAdopting = false;
    }
  }

  /** Called when our own file turns out to be broken: it is kept under another name, and a fresh one takes over. */
  replaceOwn(error: unknown): void {
    const file = this.#own?.file;
    this.#own?.close();
    this.#own = undefined;
    if (file) this.#putAway(file, error);
    this.open();
  }

  close(): void {
    this.#isClosed = true;
    this.#own?.close();
    this.#own = undefined;
  }

  async #move(removed: SpoolFile): Promise<void> {
    try {
      await this.#takeAllOf(removed);
    } catch {
      // What cannot be read any more is gone with its file.
    } finally {
      removed.close();
    }
  }

  async #takeAllOf(other: SpoolFile): Promise<boolean> {
    const hadAny = other.messages > 0;
    for (let rows = other.oldest(sliceRows, sliceBytes); rows.length > 0;) {
      if (this.#appendToOwn(rows) < rows.length) return false;
      other.remove(rows.map(({ id }) => id));
      await setImmediate();
      rows = other.oldest(sliceRows, sliceBytes);
    }
    if (hadAny) this.#report({ kind: 'adopted', file: path.basename(other.file) });
    return true;
  }

  /** None where our file refuses, or turns out to be broken: the fault is not the other file's. */
  #appendToOwn(rows: readonly SpoolRow[]): number {
    try {
      return this.own().append(rows);
    } catch (error) {
      if (isUnreadable(error)) this.replaceOwn(error);
      return 0;
    }
  }

  #files(): string[] {
    return readdirSync(this.#directory)
      .filter((name) => /^spool-[\da-f]+\.sqlite$/.test(name))
      .map((name) => path.join(this.#directory, name));
  }

  #firstFree(): SpoolFile | undefined {
    for (const file of this.#files()) {
      const found = this.#tryOpen(file);
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
        // Another process took the empty file for one to adopt; it also removes it.
        if (isHeldByAnother(error)) continue;
        rmSync(file, { force: true });
        throw error;
      }
    }
  }

  /** @returns undefined where another process holds the file or adopted it a moment ago, or where it cannot be read. */
  #tryOpen(file: string): SpoolFile | undefined {
    try {
      const found = new SpoolFile(file, this.#maxBytes);
      if (existsSync(file)) return found;
      found.close();
    } catch (error) {
      // Any other file that refuses, of another user perhaps, is left alone.
      if (isUnreadable(error)) this.#putAway(file, error);
    }
    return undefined;
  }

  #putAway(file: string, error: unknown): void {
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
