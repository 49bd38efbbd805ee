import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import type { Message } from '../message.js';

/**
 * Keeps messages that cannot be in the database, with the reason, one JSON object a line, for a person to look at:
 * their text is never just dropped.
 */
export class SetAside {
  readonly #file: string;

  /** @param directory made when needed; must be on a disk that survives a restart. */
  constructor(directory: string) {
    this.#file = path.join(directory, 'set-aside.jsonl');
  }

  /** Resolves when the line is on the disk (fsync). @throws what the file system says. */
  async keep(messages: readonly Message[], reason: string): Promise<void> {
    await mkdir(path.dirname(this.#file), { recursive: true });
    const setAsideAt = new Date().toISOString();
    const lines = messages.map((message) => `${JSON.stringify({ setAsideAt, reason, message })}\n`);
    // Readable by the owner alone: it holds what customers wrote.
    const file = await open(this.#file, 'a', 0o600);
    try {
      await file.appendFile(lines.join(''));
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
