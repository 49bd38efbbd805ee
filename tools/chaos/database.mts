import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { migrateUp } from '@chat-history/message-store';
import { bootstrapDatabase } from '../postgres/bootstrap-database.mts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../postgres/embedded-postgres.mts';
import { freezeTree, killTree, thawTree } from './process-tree.mts';

/** How a database can go away. */
export type Outage = 'stopped' | 'killed' | 'paused';

/** After its return a service still needs a while to notice. */
const noticedWithinMs = 3_000;

/** A PostgreSQL of the run's own, with durable settings, that is stopped, killed, paused and brought back. */
export class Database {
  readonly url: string;
  readonly #dataDir: string;
  readonly #port: number;
  #server: EmbeddedPostgres;
  #away: Outage | undefined;
  #awaySince = 0;
  readonly #outages: { from: number; to: number }[] = [];

  private constructor(server: EmbeddedPostgres, dataDir: string, port: number, url: string) {
    this.#server = server;
    this.#dataDir = dataDir;
    this.#port = port;
    this.url = url;
  }

  /** Starts and migrates it. @param folder must be passable for the user `postgres` when root runs this. */
  static async start(folder: string, port: number): Promise<Database> {
    const dataDir = path.join(folder, 'postgres');
    const server = await startEmbeddedPostgres({ dataDir, port, durable: true });
    const url = new URL(server.url);
    url.username = 'chat_history';
    url.password = randomBytes(24).toString('base64url');
    url.pathname = '/chat_history';
    const database = new Database(server, dataDir, port, url.toString());
    try {
      await bootstrapDatabase(server.url, database.url);
      await migrateUp(database.url);
    } catch (error) {
      await server.stop();
      throw error;
    }
    return database;
  }

  async goAway(outage: Outage): Promise<void> {
    if (this.#away) throw new Error(`the database is ${this.#away} already`);
    this.#awaySince = Date.now();
    this.#away = outage;
    if (outage === 'stopped') await this.#server.stop();
    else if (outage === 'paused') await freezeTree(await this.#postmaster());
    else {
      await killTree(await this.#postmaster());
      // Its process may stay as a zombie, which would be taken for a server that runs.
      await rm(path.join(this.#dataDir, 'postmaster.pid'), { force: true });
    }
  }

  /** Does nothing when it is there. */
  async comeBack(): Promise<void> {
    if (!this.#away) return;
    if (this.#away === 'paused') await thawTree(await this.#postmaster());
    else {
      this.#server = await startEmbeddedPostgres({ dataDir: this.#dataDir, port: this.#port, durable: true });
    }
    this.#away = undefined;
    this.#outages.push({ from: this.#awaySince, to: Date.now() + noticedWithinMs });
  }

  /** Whether services could ask it at any time from then (as of `Date.now`) to now. */
  wasThereSince(from: number): boolean {
    return !this.#away && this.#outages.every((outage) => outage.to < from);
  }

  async end(): Promise<void> {
    if (this.#away === 'paused') await this.comeBack();
    if (!this.#away) await this.#server.stop();
  }

  async #postmaster(): Promise<number> {
    const file = await readFile(path.join(this.#dataDir, 'postmaster.pid'), 'utf8');
    return Number(file.split('\n', 1)[0]);
  }
}
