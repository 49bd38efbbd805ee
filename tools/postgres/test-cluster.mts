import { mkdtemp, chmod } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeCluster, startEmbeddedPostgres } from './embedded-postgres.mts';

/**
 * One PostgreSQL for all specs of a run: the server at `DATABASE_URL` (any account that may create databases), or an
 * embedded one that is thrown away afterwards (`TEST_POSTGRES_VERSION=14` takes the oldest supported). Tells the
 * specs of it through `TEST_DATABASE_URL`. Does nothing when an outer run has done so.
 * @returns what ends it.
 */
export async function provideTestCluster(): Promise<() => Promise<void>> {
  if (process.env['TEST_DATABASE_URL']) return async () => undefined;
  process.env['TEST_RUN_ID'] = randomUUID();
  if (process.env['DATABASE_URL']) {
    process.env['TEST_DATABASE_URL'] = process.env['DATABASE_URL'];
    return async () => undefined;
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
