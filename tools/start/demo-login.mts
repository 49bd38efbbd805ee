import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UsernameTakenError, type Agents } from '@chat-history/message-store';
import { writeOwnersFile } from './owners-file.mts';

export interface DemoLogin {
  readonly username: string;
  readonly password: string;
}

export interface DemoFile extends DemoLogin {
  readonly urls: {
    readonly chatbot: string;
    readonly api: string;
    readonly workbench: string;
    readonly database: string;
  };
}

/** The login kept by an earlier start, if it opens this database too; a new one otherwise. It may do everything. */
export async function demoLogin(dataDir: string, agents: Agents): Promise<DemoLogin> {
  const kept = await readDemoFile(dataDir);
  if (kept && (await agents.authenticate(kept.username, kept.password))) return kept;
  const password = randomBytes(12).toString('base64url');
  // The second is for a database where the password of the first was lost with the file.
  for (const username of ['demo', `demo-${randomBytes(3).toString('hex')}`]) {
    try {
      await agents.create({ username, password, name: 'Demo', role: 'admin' });
      return { username, password };
    } catch (error) {
      if (!(error instanceof UsernameTakenError)) throw error;
    }
  }
  throw new Error('no user name for the demo login is free');
}

export async function writeDemoFile(dataDir: string, demo: DemoFile): Promise<void> {
  await writeOwnersFile(demoFile(dataDir), `${JSON.stringify(demo, null, 2)}\n`);
}

async function readDemoFile(dataDir: string): Promise<DemoFile | undefined> {
  const text = await readFile(demoFile(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as DemoFile);
}

function demoFile(dataDir: string): string {
  return path.join(dataDir, 'demo.json');
}
