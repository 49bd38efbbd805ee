import { SessionBusyError } from './chat.errors.js';

/** Who waits for one session; a customer sends no more at once, a machine gone wild does. */
const maxWaiting = 5;

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (reason: Error) => void;
}

/** Keeps one turn at a time a session in this process, first come first served. */
export class SessionQueue {
  /** The sessions with a turn under way, and who waits for each. */
  private readonly waiting = new Map<string, Waiter[]>();

  /** @param closing ends the waiting of all, and lets nobody in any more; its reason is an Error. */
  constructor(private readonly closing: AbortSignal) {
    closing.addEventListener('abort', () => {
      for (const waiter of [...this.waiting.values()].flat()) waiter.refuse(closing.reason as Error);
    });
  }

  /**
   * Resolves when the session is the caller's, who must `leave` it after its turn.
   * @throws SessionBusyError when five wait already, or the session is not free after `maxWaitMs`; the reason of `closing`.
   */
  async enter(sessionName: string, maxWaitMs: number): Promise<void> {
    this.closing.throwIfAborted();
    const line = this.waiting.get(sessionName);
    if (line === undefined) {
      this.waiting.set(sessionName, []);
      return;
    }
    if (line.length >= maxWaiting)
      throw new SessionBusyError(`${maxWaiting} turns of the session wait already`);
    await waitIn(line, maxWaitMs);
  }

  /** Whether a turn of the session is under way. */
  isTaken(sessionName: string): boolean {
    return this.waiting.has(sessionName);
  }

  leave(sessionName: string): void {
    const next = this.waiting.get(sessionName)?.shift();
    if (next) next.admit();
    else this.waiting.delete(sessionName);
  }
}

async function waitIn(line: Waiter[], maxWaitMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const waiter: Waiter = {
    admit: resolve,
    refuse(reason) {
      line.splice(line.indexOf(waiter), 1);
      reject(reason);
    },
  };
  line.push(waiter);
  const reason = new SessionBusyError(`the session was not free within ${maxWaitMs} ms`);
  const timer = setTimeout(waiter.refuse, maxWaitMs, reason);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
  }
}
