import { rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { SpoolRow } from './spool-protocol.js';

const pageBytes = 4_096;

/** A file larger than this is made small at once when it is empty again, any other in a while. */
const smallPages = 256;

/** SQLite's result codes (sqlite.org/rescode.html), without their extensions. */
const sqlite = { error: 1, busy: 5, corrupt: 11, full: 13, notADatabase: 26 };

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

/** The file is no spool, or broken. */
export function isUnreadable(error: unknown): boolean {
  const code = codeOf(error);
  return code === sqlite.notADatabase || code === sqlite.corrupt || code === sqlite.error;
}

/** Another process holds the file. */
export function isHeldByAnother(error: unknown): boolean {
  return codeOf(error) === sqlite.busy;
}

/** A file of the spool, locked for this process until it is closed or the process dies. */
export class SpoolFile {
  readonly file: string;
  messages = 0;
  bytes = 0;
  /** Pages that nobody needs any more may still hold text; of an earlier process too. */
  #holdsRemoved = true;
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

  /** What its messages take on the disk; less than the file's size when some were removed. */
  get usedBytes(): number {
    return (this.#pages('page_count') - this.#pages('freelist_count')) * pageBytes;
  }

  #pages(figure: 'page_count' | 'freelist_count'): number {
    return Number(this.#database.prepare(`pragma ${figure}`).get()?.[figure]);
  }

  /** How many of them, from the first on, are on the disk; fewer than all where it is full. */
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

  /** Of those after the id, at least one while there is any; at most so many, and so many bytes. */
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

  /** How many of them were there. */
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
    if (messages > 0) this.#holdsRemoved = true;
    if (this.messages === 0 && this.#pages('page_count') > smallPages) this.tidy();
    return messages;
  }

  /** Once it is empty: gives the disk back what an outage took, and leaves no text in the file that was removed from it. */
  tidy(): void {
    if (this.messages > 0 || !this.#holdsRemoved) return;
    try {
      this.#database.exec('vacuum');
      this.#database.exec('pragma wal_checkpoint(truncate)');
      this.#holdsRemoved = false;
    } catch {
      // A full disk, say. It may be tried again.
    }
  }

  close(): void {
    this.tidy();
    this.#database.close();
  }

  /** Removes an empty file while it is still locked, so that nobody adopts it between. */
  closeAndUnlink(): void {
    // Should the process die between the two: nobody looks at a log without its file, so no text may be in it.
    this.tidy();
    rmSync(this.file, { force: true });
    rmSync(`${this.file}-wal`, { force: true });
    this.#database.close();
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
