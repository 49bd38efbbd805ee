import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const goneWithinMs = 5_000;
const lookIntervalMs = 20;

/**
 * Stops a process and its children where they stand (SIGSTOP): it first, so that it makes no more of them. PostgreSQL
 * puts each of its processes in a group of its own, so that no signal to a group would reach them.
 * @returns their ids
 */
export async function freezeTree(pid: number): Promise<number[]> {
  signal(pid, 'SIGSTOP');
  const children = await childrenOf(pid);
  for (const child of children) signal(child, 'SIGSTOP');
  return [pid, ...children];
}

/** Lets what was frozen go on. */
export async function thawTree(pid: number): Promise<void> {
  for (const child of await childrenOf(pid)) signal(child, 'SIGCONT');
  signal(pid, 'SIGCONT');
}

/** Ends a process and its children at once (SIGKILL). Resolves when they are gone, or a few seconds later. */
export async function killTree(pid: number): Promise<void> {
  const pids = await freezeTree(pid);
  for (const each of pids) signal(each, 'SIGKILL');
  const deadline = Date.now() + goneWithinMs;
  // A process that nobody waits for stays as a zombie in a container without an init.
  while (pids.some(isThere) && Date.now() < deadline) await delay(lookIntervalMs);
}

function isThere(pid: number): boolean {
  return signal(pid, 0);
}

/** @returns false when the process is gone. */
function signal(pid: number, what: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, what);
    return true;
  } catch {
    return false;
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const list =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : (await run('pgrep', ['-P', String(pid)])).stdout;
  return list.split(/\s+/).filter(Boolean).map(Number);
}
