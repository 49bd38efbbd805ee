import path from 'node:path';
import { bootstrapDatabase } from '../postgres/bootstrap-database.mts';
import { startEmbeddedPostgres } from '../postgres/embedded-postgres.mts';
import type { OnEnd } from './run-to-end.mts';

/** Starts the embedded PostgreSQL 18 and makes the services' role and database in it. @returns their DATABASE_URL */
export async function startLocalDatabase(dataDir: string, password: string, onEnd: OnEnd): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir: path.join(dataDir, 'postgres'), durable: true });
  onEnd(() => postgres.stop());
  const url = new URL(postgres.url);
  url.username = 'chat_history';
  url.password = password;
  url.pathname = '/chat_history';
  await bootstrapDatabase(postgres.url, url.toString());
  return url.toString();
}
