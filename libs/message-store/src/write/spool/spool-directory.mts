import { existsSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isUnreadable, type SpoolFile } from './spool-file.mts';
import { SpoolFiles, reasonOf } from './spool-files.mts';
import type { SpoolFigures, SpoolNews, SpoolRow, SpoolWorkerData } from './spool-protocol.js';

/** Adopted so many at a time, so that appends do not wait for a large file of somebody else. */
const maxSliceRows = 1_000;
const maxSliceBytes = 4 * 1_048_576;

/** The files of a directory: one is ours, those of dead processes become part of it, those of live ones are left alone. */
export class SpoolDirectory {
  readonly #files: SpoolFiles;
  readonly #maxBytes: number;
  readonly #report: (news: SpoolNews) => void;
  #own: SpoolFile | undefined;
  #isAdopting = false;
  #isClosed = false;
  #lastReason = 'the spool is closed';

  constructor(data: SpoolWorkerData, report: (news: SpoolNews) => void) {
    this.#files = new SpoolFiles(data, report);
    this.#maxBytes = data.maxBytes;
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
      this.#own = this.#files.openAny();
      this.#report({ kind: 'opened', file: path.basename(this.#own.file) });
    } catch (error) {
      this.#lastReason = reasonOf(error);
      this.#report({ kind: 'unusable', reason: this.#lastReason });
    }
  }

  /** Once in a while: leaves no removed text on the disk. */
  tidy(): void {
    this.#own?.tidy();
  }

  /** Removes them from our file, and takes over what waited for room in it. */
  remove(ids: readonly string[]): number {
    const removed = this.own().remove(ids);
    if (this.#own?.messages === 0) void this.adopt();
    return removed;
  }

  /** Takes over what dead processes left, slice by slice, as far as there is room. A crash between leaves a row in both: it is replayed twice, stored once. */
  async adopt(): Promise<void> {
    if (this.#isAdopting || !this.#own) return;
    this.#isAdopting = true;
    try {
      for (const file of this.#files.list()) {
        if (file === this.#own?.file) continue;
        const found = this.#files.tryOpen(file);
        if (!found) continue;
        try {
          if (await this.#takeAllOf(found, () => this.#hasRoom())) found.closeAndUnlink();
          else found.close();
        } catch (error) {
          found.close();
          if (isUnreadable(error)) this.#files.putAway(file, error);
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
    if (file) this.#files.putAway(file, error);
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

  /** Half of the bound is for live messages, whatever others left. */
  #hasRoom(): boolean {
    return this.#own !== undefined && this.#own.usedBytes < this.#maxBytes / 2;
  }

  /** @returns false when some stay there. */
  async #takeAllOf(other: SpoolFile, hasRoom = () => true): Promise<boolean> {
    let taken = 0;
    const sliceBytes = Math.min(maxSliceBytes, this.#maxBytes / 8);
    try {
      while (other.messages > 0 && hasRoom()) {
        const rows = other.oldest(maxSliceRows, sliceBytes);
        const kept = this.#appendToOwn(rows);
        other.remove(rows.slice(0, kept).map(({ id }) => id));
        taken += kept;
        if (kept < rows.length || rows.length === 0) return false;
        await setImmediate();
      }
      return other.messages === 0;
    } finally {
      if (taken > 0) this.#report({ kind: 'adopted', file: path.basename(other.file) });
    }
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
}
