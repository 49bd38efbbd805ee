import { migrateUp } from '@chat-history/message-store';
import { withConnection } from './connection.mts';
import { withDatabase } from './data/bench-cluster.mts';

/** Databases to write into, each for one figure. Their names carry this process's id. */
export class ScratchDatabases {
  readonly #server: string;
  readonly #names: string[] = [];
  #made = 0;

  constructor(server: string) {
    this.#server = server;
  }

  /** @returns the URL of a migrated database without a message. */
  async make(): Promise<string> {
    const url = await this.#create(
      `template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`,
    );
    await migrateUp(url);
    return url;
  }

  /** @param original the URL of a database that nobody is connected to. @returns that of a copy. */
  async copy(original: string): Promise<string> {
    const template = new URL(original).pathname.slice(1);
    // Not by the write-ahead log, which would take its whole size once more.
    return this.#create(`template ${template} strategy file_copy`);
  }

  async #create(how: string): Promise<string> {
    const name = `${prefix}${process.pid}_${++this.#made}`;
    this.#names.push(name);
    await withConnection(this.#server, undefined, (admin) => admin.query(`create database ${name} ${how}`));
    return withDatabase(this.#server, name);
  }

  async dropAll(): Promise<void> {
    const names = this.#names.splice(0);
    await withConnection(this.#server, undefined, async (admin) => {
      for (const name of names) await admin.query(`drop database if exists ${name} with (force)`);
    });
  }

  /** Those of runs that were killed. */
  async dropLeftOver(): Promise<void> {
    await withConnection(this.#server, undefined, async (admin) => {
      const { rows } = await admin.query<{ name: string }>(
        'select datname as name from pg_database where starts_with(datname, $1)',
        [prefix],
      );
      for (const { name } of rows) {
        if (isRunning(Number(name.slice(prefix.length).split('_')[0]))) continue;
        await admin.query(`drop database if exists ${name} with (force)`);
      }
    });
  }
}

const prefix = 'bench_scratch_';

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be asked.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
