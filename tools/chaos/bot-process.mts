import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const startsWithinMs = 20_000;

/** The fake bot in a process of its own, so that neither it nor the load waits for the other. */
export class BotProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<BotProcess> {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, 'fake-bot.mts')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    const signal = AbortSignal.timeout(startsWithinMs);
    const ended = once(child, 'exit', { signal }).then(() => {
      throw new Error('the fake bot ended before it was ready');
    });
    const [{ url }] = (await Promise.race([once(child, 'message', { signal }), ended])) as [{ url: string }];
    return new BotProcess(child, url);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
