import { setTimeout as delay } from 'node:timers/promises';
import { BotAbandonedError } from '../bot/bot.errors.js';
import { ServiceStoppingError } from './chat.errors.js';

/** The turns under way, and how they come to an end when the service stops. */
export class RunningTurns {
  private readonly running = new Set<Promise<unknown>>();
  private readonly refusing = new AbortController();
  private readonly cutting = new AbortController();

  /** Aborted, with a ServiceStoppingError, as soon as no turn may begin any more. */
  readonly closing: AbortSignal = this.refusing.signal;
  /** Aborted, with a BotAbandonedError, when bots have to come to an end. */
  readonly abandoning: AbortSignal = this.cutting.signal;

  async track<Result>(work: Promise<Result>): Promise<Result> {
    this.running.add(work);
    try {
      return await work;
    } finally {
      this.running.delete(work);
    }
  }

  /** Refuses what has not begun, lets the rest go on for `graceMs`, cuts what is left, and waits until all have ended. */
  async stop(graceMs: number): Promise<void> {
    this.refusing.abort(new ServiceStoppingError('the service is stopping'));
    const graceOver = delay(graceMs, undefined, { ref: false });
    await Promise.race([this.allEnded(), graceOver]);
    this.cutting.abort(new BotAbandonedError('the service is stopping'));
    await this.allEnded();
  }

  /** A turn that ends may leave something to be done: it gives its lease back. */
  private async allEnded(): Promise<void> {
    while (this.running.size > 0) await Promise.allSettled(this.running);
  }
}
