import { createHash, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { migrateUp } from './schema/migrate.js';
import { migrations } from './schema/migrations/index.js';

export { insertDatedMessages } from './dated-messages.js';
export type { DatedMessage } from './dated-messages.js';
export { FlakyProxy } from './flaky-proxy.js';
export type { ProxyMode } from './flaky-proxy.js';

/** A migrated database of its own for one spec file. */
export interface TestDatabase {
  readonly url: string;
  /** Asks the database directly, as superuser of the test cluster. */
  query<Row extends object = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Ends every connection to it and removes it. Call it in `afterAll`. */
  drop(): Promise<void>;
}

/**
 * Clones a migrated template on the PostgreSQL at `TEST_DATABASE_URL` (`npm test` and Jest's global setup set it).
 * The template is made once a run.
 * @param options.empty gives a database without any migration instead.
 */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server)
    throw new Error('TEST_DATABASE_URL is not set: run the specs through Jest, which starts PostgreSQL');
  const name = `chat_history_test_${randomUUID().replaceAll('-', '')}`;
  await withClient(server, async (admin) => {
    // One at a time: PostgreSQL refuses to clone a template that somebody is connected to.
    await admin.query(`select pg_advisory_lock(hashtext('chat history test databases'))`);
    const template = options.empty ? 'template0' : await ensureTemplate(admin, server);
    await createDatabase(admin, name, template);
  });

  const url = withDatabase(server, name);
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    url,
    async query<Row extends object>(sql: string, parameters: unknown[] = []) {
      return (await client.query<Row>(sql, parameters)).rows;
    },
    async drop() {
      await client.end();
      await withClient(server, (admin) => admin.query(`drop database if exists ${name} with (force)`));
    },
  };
}

/** Its name carries the run and the migrations, so that a changed schema never meets an old template. */
async function ensureTemplate(admin: Client, server: string): Promise<string> {
  const sources = migrations
    .map((migration) => `${migration.prototype.up.toString()}${migration.name}`)
    .join();
  const hash = createHash('sha256').update(sources).digest('hex').slice(0, 16);
  const template = `chat_history_template_${process.env['TEST_RUN_ID'] ?? 'any'}_${hash}`;
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
  if (rowCount) return template;

  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await createDatabase(admin, unfinished, 'template0');
  await migrateUp(withDatabase(server, unfinished));
  await admin.query(`alter database ${unfinished} rename to ${template}`);
  return template;
}

async function createDatabase(admin: Client, name: string, template: string): Promise<void> {
  const locale = template === 'template0' ? ` encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'` : '';
  await admin.query(`create database ${name} template ${template}${locale}`);
}

async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}
