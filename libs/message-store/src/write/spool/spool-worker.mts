/**
 * The thread of the spool: it alone touches the disk, so that no fsync holds up the event loop. It is started from this
 * file as it is, in `src` by Node's own type stripping: so no import but Node's modules and types.
 */
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
import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  SpoolFigures,
  SpoolOperations,
  SpoolReport,
  SpoolRequest,
  SpoolRow,
  SpoolWorkerData,
} from './spool-protocol.js';

const adoptIntervalMs = 30_000;
const reopenIntervalMs = 2_000;

const pageBytes = 4_096;

/** Adopted so many at a time, so that appends do not wait for a large file of somebody else. */
const sliceRows = 1_000;
const sliceBytes = 4 * 1_048_576;

/** A file that was much larger than this is made small when it is empty again. */
const smallPages = 256;

/** SQLite's result codes (sqlite.org/rescode.html), without their extensions. */
const sqlite = { error: 1, busy: 5, corrupt: 11, full: 13, notADatabase: 26 };

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

function isUnreadable(error: unknown): boolean {
  const code = codeOf(error);
  return code === sqlite.notADatabase || code === sqlite.corrupt || code === sqlite.error;
}

/** A file of the spool, locked for this process until it is closed or the process dies. */
class SpoolFile {
  readonly file: string;
  messages = 0;
  bytes = 0;
  readonly #database: DatabaseSync;

  /** @throws SQLITE_BUSY another process holds it; SQLITE_CANTOPEN it is not there (any more). */
  constructor(file: string, maxBytes: number) {
    this.file = file;
    // Never made by opening: of a name that was removed, two processes could otherwise hold different files.
    const url = pathToFileURL(file);
    url.searchParams.set('mode', 'rw');
    this.#database = new DatabaseSync(url, { timeout: 0 });
    try {
      // Before anything is read: only then is the lock taken at once and kept.
      this.#database.exec('pragma locking_mode = exclusive');
      this.#database.exec('pragma journal_mode = wal');
      this.#database.exec('pragma synchronous = full');
      this.#database.exec(`pragma max_page_count = ${Math.floor(maxBytes / pageBytes)}`);
      this.#inTransaction(() =>
        this.#database.exec(
          'create table if not exists messages (id text primary key, body text not null, bytes integer not null) strict',
        ),
      );
      const counted = this.#database
        .prepare('select count(*) as messages, coalesce(sum(bytes), 0) as bytes from messages')
        .get();
      this.messages = Number(counted?.['messages']);
      this.bytes = Number(counted?.['bytes']);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  append(rows: readonly SpoolRow[]): number {
    if (rows.length === 0) return 0;
    try {
      this.#appendAll(rows);
      return rows.length;
    } catch (error) {
      if (codeOf(error) !== sqlite.full) throw error;
      if (rows.length === 1) return 0;
      const half = Math.ceil(rows.length / 2);
      const kept = this.append(rows.slice(0, half));
      return kept < half ? kept : kept + this.append(rows.slice(half));
    }
  }

  #appendAll(rows: readonly SpoolRow[]): void {
    // Already there: a message that was handed over again.
    const insert = this.#database.prepare(
      'insert or ignore into messages (id, body, bytes) values (?, ?, ?)',
    );
    let messages = 0;
    let bytes = 0;
    this.#inTransaction(() => {
      for (const row of rows) {
        const added = Number(insert.run(row.id, row.body, row.bytes).changes);
        messages += added;
        bytes += added * row.bytes;
      }
    });
    this.messages += messages;
    this.bytes += bytes;
  }

  oldest(maxRows: number, maxBytes: number, after = ''): SpoolRow[] {
    const rows: SpoolRow[] = [];
    let bytes = 0;
    const select = this.#database.prepare(
      'select id, body, bytes from messages where id > ? order by id limit ?',
    );
    for (const found of select.iterate(after, maxRows)) {
      const row = { id: String(found['id']), body: String(found['body']), bytes: Number(found['bytes']) };
      bytes += row.bytes;
      if (rows.length > 0 && bytes > maxBytes) break;
      rows.push(row);
    }
    return rows;
  }

  remove(ids: readonly string[]): number {
    const remove = this.#database.prepare('delete from messages where id = ? returning bytes');
    let messages = 0;
    let bytes = 0;
    this.#inTransaction(() => {
      for (const id of ids) {
        const removed = remove.get(id);
        if (removed === undefined) continue;
        messages++;
        bytes += Number(removed['bytes']);
      }
    });
    this.messages -= messages;
    this.bytes -= bytes;
    if (messages > 0 && this.messages === 0) this.#shrink();
    return messages;
  }

  /** Gives the disk back what an outage took. */
  #shrink(): void {
    const pages = Number(this.#database.prepare('pragma page_count').get()?.['page_count']);
    if (pages <= smallPages) return;
    this.#database.exec('vacuum');
    this.#database.exec('pragma wal_checkpoint(truncate)');
  }

  close(): void {
    this.#database.close();
  }

  /** Removes the file while it is still locked, so that nobody adopts it between. */
  closeAndUnlink(): void {
    rmSync(this.file, { force: true });
    rmSync(`${this.file}-wal`, { force: true });
    this.close();
  }

  #inTransaction(work: () => void): void {
    this.#database.exec('begin immediate');
    try {
      work();
      this.#database.exec('commit');
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#database.isTransaction) this.#database.exec('rollback');
      throw error;
    }
  }
}

/** The files of a directory: one is ours, those of dead processes become part of it, those of live ones are left alone. */
class SpoolDirectory {
  readonly #directory: string;
  readonly #maxBytes: number;
  #own: SpoolFile | undefined;
  #isAdopting = false;
  #isClosed = false;
  #lastReason = 'the spool is closed';

  constructor({ directory, maxBytes }: SpoolWorkerData) {
    this.#directory = path.resolve(directory);
    this.#maxBytes = maxBytes;
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
    if (removed && this.#own) void this.#takeAllOf(removed).finally(() => removed.close());
    if (removed && !this.#own) this.#own = removed;
    if (!this.#own || this.#own === removed) throw new Error(this.#lastReason);
    return this.#own;
  }

  /** Does nothing when it is open. Where that is impossible it says so, and may be tried again. */
  open(): void {
    if (this.#own || this.#isClosed) return;
    try {
      makeDirectory(this.#directory);
      this.#own = this.#firstFree() ?? this.#newFile();
      report({ kind: 'opened', file: path.basename(this.#own.file) });
    } catch (error) {
      this.#lastReason = reasonOf(error);
      report({ kind: 'unusable', reason: this.#lastReason });
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

  async #takeAllOf(other: SpoolFile): Promise<boolean> {
    const hadAny = other.messages > 0;
    for (let rows = other.oldest(sliceRows, sliceBytes); rows.length > 0;) {
      if (this.#appendToOwn(rows) < rows.length) return false;
      other.remove(rows.map(({ id }) => id));
      await setImmediate();
      rows = other.oldest(sliceRows, sliceBytes);
    }
    if (hadAny) report({ kind: 'adopted', file: path.basename(other.file) });
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

  #newFile(): SpoolFile {
    for (;;) {
      const file = path.join(this.#directory, `spool-${randomBytes(8).toString('hex')}.sqlite`);
      // Readable by the owner alone: it holds what customers wrote. Its -wal is made with the same mode.
      closeSync(openSync(file, 'wx', 0o600));
      const found = this.#tryOpen(file);
      // Else another process took the empty file for one to adopt.
      if (found) return found;
    }
  }

  /** @returns undefined where another process holds the file, or adopted it a moment ago, or where it is unreadable. */
  #tryOpen(file: string): SpoolFile | undefined {
    try {
      const found = new SpoolFile(file, this.#maxBytes);
      if (existsSync(file)) return found;
      found.close();
    } catch (error) {
      if (isUnreadable(error)) this.#putAway(file, error);
      else if (codeOf(error) !== sqlite.busy && existsSync(file)) throw error;
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
    report({ kind: 'unreadable', file: path.basename(kept), reason: reasonOf(error) });
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
function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

const spool = new SpoolDirectory(workerData as SpoolWorkerData);

type Unsent<Report> = Report extends unknown ? Omit<Report, 'figures'> : never;

function report(report: Unsent<SpoolReport>): void {
  parentPort?.postMessage({ ...report, figures: spool.figures });
}

const operations: SpoolOperations = {
  append: (rows) => spool.own().append(rows),
  oldest: (maxRows, maxBytes, after) => spool.own().oldest(maxRows, maxBytes, after),
  remove: (ids) => spool.own().remove(ids),
  close: () => spool.close(),
};

/** Once more where our file was broken: with the fresh one it may go well. */
function operate({ name, parameters }: SpoolRequest): unknown {
  const operation = operations[name] as (...values: unknown[]) => unknown;
  try {
    return operation(...parameters);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    spool.replaceOwn(error);
    return operation(...parameters);
  }
}

parentPort?.on('message', (request: SpoolRequest) => {
  const { number } = request;
  try {
    report({ kind: 'answer', number, result: operate(request) });
  } catch (error) {
    report({ kind: 'failure', number, reason: reasonOf(error) });
  }
  // With nothing left to listen to, the thread ends.
  if (request.name === 'close') {
    for (const timer of timers) clearInterval(timer);
    parentPort?.close();
  }
});

const timers = [
  setInterval(() => spool.open(), reopenIntervalMs),
  setInterval(() => void spool.adopt(), adoptIntervalMs),
];
spool.open();
void spool.adopt();
