import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Runs a file beside this one in a process of its own, with the same flags of Node. @returns the one message that it sends */
export async function resultOf<Result>(
  file: string,
  args: readonly string[],
  stopping: AbortSignal,
): Promise<Result> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { signal: stopping });
  const message = once(child, 'message') as Promise<[Result]>;
  message.catch(() => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${code}`);
  return (await message)[0];
}
