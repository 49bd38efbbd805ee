import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { StartError } from './run-to-end.mts';
import { root } from './settings.mts';

/**
 * Builds every project, or those named and what they need; what has not changed since the last time comes from nx's
 * cache.
 * @throws StartError with what the build said, when it failed.
 */
export async function buildAll(stopping: AbortSignal, projects: readonly string[] = []): Promise<void> {
  console.log('Building (the first time takes a minute) …');
  const only = projects.length > 0 ? [`--projects=${projects.join()}`] : [];
  const args = ['run-many', '-t', 'build', '--output-style=static', ...only];
  const build = spawn(path.join(root, 'node_modules/.bin/nx'), args, {
    cwd: root,
    env: { ...process.env, NX_TUI: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stopping,
  });
  const [out, errors, [exitCode]] = await Promise.all([
    text(build.stdout),
    text(build.stderr),
    once(build, 'close') as Promise<[number | null]>,
  ]);
  if (exitCode !== 0) throw new StartError(`${out}${errors}\nThe build failed; see above.`);
}
