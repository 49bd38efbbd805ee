import path from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../postgres/embedded-postgres.mts';
import { root } from '../../start/settings.mts';

/** Where data sets and results are kept. */
export const benchDir = path.join(root, '.data/bench');

/** What differs from PostgreSQL's own settings, which are made for the smallest of machines. Durable as in life. */
export const benchSettings = [
  'shared_buffers=2GB',
  'effective_cache_size=8GB',
  'work_mem=16MB',
  'maintenance_work_mem=1GB',
  'max_wal_size=8GB',
  'checkpoint_timeout=15min',
  'random_page_cost=1.1',
] as const;

/** Starts the PostgreSQL that keeps the data sets, or finds it running. */
export async function startBenchCluster(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({
    dataDir: path.join(benchDir, 'postgres'),
    durable: true,
    settings: benchSettings,
  });
}

/** The same server's other database. */
export function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}
