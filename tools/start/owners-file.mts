import { rename, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file that only its owner may read, for passwords and secrets; whole or not at all: half of one would stop
 * every later start.
 */
export async function writeOwnersFile(file: string, text: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  // One that is there keeps its mode, and what another user may have open.
  await rm(unfinished, { force: true });
  await writeFile(unfinished, text, { mode: 0o600, flag: 'wx', flush: true });
  await rename(unfinished, file);
}
