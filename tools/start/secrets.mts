import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeOwnersFile } from './owners-file.mts';

export interface Secrets {
  readonly jwtSecret: string;
  readonly databasePassword: string;
}

/** This machine's own random secrets; made the first time, readable by their owner only. */
export async function keptSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as Secrets;
  const random = () => randomBytes(32).toString('base64url');
  const secrets: Secrets = { jwtSecret: random(), databasePassword: random() };
  await writeOwnersFile(file, JSON.stringify(secrets));
  return secrets;
}
