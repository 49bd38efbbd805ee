import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { writeOwnersFile } from './owners-file.mts';

export interface Secrets {
  /** Of agents' tokens. */
  readonly jwtSecret: string;
  /** Of customers' session tokens. */
  readonly chatSessionSecret: string;
  readonly databasePassword: string;
}

/** This machine's own random secrets; each is made the first time it is needed, readable by their owner only. */
export async function keptSecrets(dataDir: string): Promise<Secrets> {
  const file = path.join(dataDir, 'secrets.json');
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const kept = JSON.parse(text) as Partial<Secrets>;
  const random = () => randomBytes(32).toString('base64url');
  const secrets: Secrets = {
    jwtSecret: kept.jwtSecret ?? random(),
    chatSessionSecret: kept.chatSessionSecret ?? random(),
    databasePassword: kept.databasePassword ?? random(),
  };
  const complete = JSON.stringify(secrets);
  if (complete !== text) await writeOwnersFile(file, complete);
  return secrets;
}
