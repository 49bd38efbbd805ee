import { mkdtemp, chmod } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { removeCluster, startEmbeddedPostgres } from './embedded-postgres.mts';

/**
 * One PostgreSQL for all specs of a run: the server at `DATABASE_URL` (any account that may create databases), or an
 * embedded one that is thrown away afterwards (`TEST_POSTGRES_VERSION=14` takes the oldest supported). Tells the
 * specs of it through `TEST_DATABASE_URL`. Does nothing when an outer run has done so.
 * @returns what ends it.
 */
export async function provideTestCluster(): Promise<() => Promise<void>> {
  if (process.env['TEST_DATABASE_URL']) return async () => undefined;
  const runId = randomUUID().slice(0, 8);
  process.env['TEST_RUN_ID'] = runId;
  const ownServer = process.env['DATABASE_URL'];
  if (ownServer) {
    process.env['TEST_DATABASE_URL'] = ownServer;
    return () => dropTemplates(ownServer, runId);
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-test-'));
  await chmod(folder, 0o755);
  const dataDir = path.join(folder, 'postgres');
  const majorVersion = process.env['TEST_POSTGRES_VERSION'] === '14' ? 14 : 18;
  const cluster = await startEmbeddedPostgres({ dataDir, majorVersion, durable: false });
  process.env['TEST_DATABASE_URL'] = cluster.url;
  return async () => {
    await cluster.stop();
    await removeCluster(folder);
  };
}

/** The databases that this run's specs were cloned from (`createTestDatabase` of the store); theirs are gone already. */
async function dropTemplates(server: string, runId: string): Promise<void> {
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'select datname as name from pg_database where starts_with(datname, $1)',
      [`chat_history_template_${runId}_`],
    );
    for (const { name } of rows)
      await client.query(`drop database ${pg.escapeIdentifier(name)} with (force)`);
  } finally {
    await client.end();
  }
}
