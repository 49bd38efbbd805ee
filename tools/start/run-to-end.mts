import { whenNpmIsGone } from './npm-gone.mts';

/** A failure that a person can mend; shown as its message alone. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Registers what is to be done when everything ends; the last registered is done first. */
export type OnEnd = (end: () => Promise<void>) => void;

/**
 * Runs `work` until it ends, fails, or SIGINT, SIGTERM or SIGHUP arrives or npm is killed, which aborts `stopping`; then
 * ends what was begun, in reverse, and exits: 0 when it was stopped, 1 after a failure.
 */
export async function runToEnd(work: (stopping: AbortSignal, onEnd: OnEnd) => Promise<void>): Promise<never> {
  const stop = new AbortController();
  // A repeated signal changes nothing: Ctrl-C reaches npm, which passes it on once more.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  whenNpmIsGone(() => stop.abort());

  const ends: (() => Promise<void>)[] = [];
  let exitCode = 0;
  try {
    await work(stop.signal, (end) => ends.push(end));
  } catch (error) {
    if (!stop.signal.aborted) {
      exitCode = 1;
      report(error);
    }
  }
  for (const end of ends.reverse()) {
    await end().catch((error: unknown) => {
      exitCode = 1;
      report(error);
    });
  }
  process.exit(exitCode);
}

function report(error: unknown): void {
  const isPlain = error instanceof StartError;
  console.error(isPlain ? `\n${error.message}` : error);
}
