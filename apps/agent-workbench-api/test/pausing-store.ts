import { Readable } from 'node:stream';
import { DirectoryStore } from '../src/exports/store/directory-store.js';

/** A store that lets a file begin and then waits, until it may go on. */
export class PausingStore extends DirectoryStore {
  readonly #begun = Promise.withResolvers<void>();
  readonly goOn = Promise.withResolvers<void>();

  override async write(key: string, file: Readable): Promise<void> {
    const [begun, goOn] = [this.#begun, this.goOn];
    async function* paused() {
      for await (const chunk of file) {
        yield chunk;
        begun.resolve();
        await goOn.promise;
      }
    }
    const slow = Readable.from(paused(), { objectMode: false });
    // As a write does that notices at once.
    file.once('error', (error) => {
      goOn.resolve();
      slow.destroy(error);
    });
    await super.write(key, slow);
  }

  /** Resolves when the file is begun. @throws when its making ends before. */
  async begunBy(making: Promise<{ end: string }>): Promise<void> {
    const ended = await Promise.race([this.#begun.promise, making]);
    if (ended) throw new Error(`it ended before: ${ended.end}`);
  }
}
