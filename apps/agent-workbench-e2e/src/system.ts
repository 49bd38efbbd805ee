import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';

const root = path.join(__dirname, '../../..');

/** What `.data/demo.json` holds. */
interface Demo {
  readonly username: string;
  readonly password: string;
  readonly urls: { readonly chatbot: string; readonly api: string; readonly workbench: string };
}

export interface System extends Demo {
  readonly database: TestDatabase;
  /** `http://localhost:…`, where the web app, the API and the chat are reached together. */
  readonly gateway: string;
  /** Stops it as Ctrl-C does. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Runs what `npm start` runs, on free ports, with a folder and a database of its own. */
export async function startSystem(): Promise<System> {
  const database = await createTestDatabase({ empty: true });
  const dataDir = await mkdtemp(path.join(tmpdir(), 'chat-history-e2e-'));
  const ports = { CHATBOT_PORT: '0', API_PORT: '0', WORKER_PORT: '0', WORKBENCH_PORT: '0' };
  const child = spawn(process.execPath, [path.join(root, 'tools/start.mts')], {
    cwd: root,
    // Not the variables of the nx and the Jest that run this spec: what is started runs an nx of its own.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      DATABASE_URL: database.url,
      DATA_DIR: dataDir,
      ...ports,
    },
  });
  let output = '';
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('Ready.')) resolve();
      });
    }
    child.on('exit', () => reject(new Error(`the system did not start:\n${output}`)));
  });
  await ready;
  const demo = JSON.parse(await readFile(path.join(dataDir, 'demo.json'), 'utf8')) as Demo;
  return {
    ...demo,
    database,
    gateway: new URL(demo.urls.workbench).origin,
    async stop() {
      child.kill('SIGTERM');
      const [exitCode] = (await once(child, 'exit')) as [number | null];
      await database.drop();
      await rm(dataDir, { recursive: true });
      return exitCode;
    },
  };
}
