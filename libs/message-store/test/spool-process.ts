import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Message } from '../src/message.js';

export interface SpoolProcess {
  /** As `kill -9` does. Resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Resolves when a process of its own has messages on the disk; it holds its spool until it is killed. */
export async function startSpoolProcess(
  directory: string,
  messages: readonly { message: Message; bytes: number }[],
): Promise<SpoolProcess> {
  const rows = messages.map(({ message, bytes }) => ({
    id: message.id,
    body: JSON.stringify(message),
    bytes,
  }));
  const worker = path.join(__dirname, '../src/write/spool/spool-worker.mts');
  const script = `
    const { Worker } = require('node:worker_threads');
    const rows = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
    const worker = new Worker(${JSON.stringify(worker)}, {
      workerData: { directory: ${JSON.stringify(directory)}, maxBytes: 1e8 },
    });
    worker.on('message', ({ kind }) => kind === 'answer' && console.log('kept'));
    worker.postMessage({ number: 1, name: 'append', parameters: [rows] });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(rows));
  await once(child.stdout, 'data');
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
