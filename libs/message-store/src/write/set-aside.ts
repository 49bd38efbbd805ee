import { mkdir, open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../reason-of.js';
import type { StoreLogger } from '../store-logger.js';
import { within } from './within.js';

const timeoutMs = 5_000;

/**
 * Keeps messages that the database refuses for their own fault, with the reason, one JSON object a line, for a person to
 * look at: their text is never just dropped.
 */
export class SetAside {
  readonly #file: string;
  readonly #logger: StoreLogger;
  #total = 0;

  /** @param directory made when needed; must be on a disk that survives a restart. */
  constructor(directory: string, logger: StoreLogger) {
    this.#file = path.join(directory, 'set-aside.jsonl');
    this.#logger = logger;
  }

  get total(): number {
    return this.#total;
  }

  /**
   * Resolves when the line is on the disk (fsync), with true; with false, within 5 s, when the disk does not take it.
   * @param message all there is of it.
   */
  async keep(id: string, message: unknown, error: Error): Promise<boolean> {
    const reason = error.message;
    try {
      await within(timeoutMs, this.#append({ setAsideAt: new Date().toISOString(), reason, message }));
    } catch (diskError) {
      const why = reasonOf(diskError);
      this.#logger.error({ id, reason, why }, 'a message could not be set aside');
      return false;
    }
    this.#total++;
    this.#logger.error({ id, reason }, 'a message was set aside');
    return true;
  }

  async #append(line: object): Promise<void> {
    const directory = path.dirname(this.#file);
    // Readable by the owner alone: they hold what customers wrote.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await inOpen(await open(this.#file, 'a', 0o600), async (file) => {
      await file.appendFile(`${JSON.stringify(line)}\n`);
      await file.sync();
    });
    // The first line made the file: it is as safe as the entry that names it.
    await inOpen(await open(directory), (entries) => entries.sync());
  }
}

async function inOpen(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
  } finally {
    await file.close();
  }
}
