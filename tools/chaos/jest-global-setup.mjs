import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Runs the short form of the harness and hands its outcome to the spec; what it prints is shown. */
export default async function setUp() {
  const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-chaos-spec-'));
  try {
    const file = path.join(folder, 'outcome.json');
    const tool = path.resolve(import.meta.dirname, '../chaos.mts');
    const harness = spawn(process.execPath, [tool, '--short', '--built', '--json', file], {
      stdio: 'inherit',
    });
    // A step that is interrupted ends its Jest; the harness then stops what it started.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => harness.kill(signal));
    await once(harness, 'exit');
    // Not written when the harness itself failed.
    process.env.CHAOS_OUTCOME = await readFile(file, 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}
