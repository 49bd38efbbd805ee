import { setTimeout as delay } from 'node:timers/promises';
import { Customer, type Town } from './customer.mts';

const tickMs = 10;
/** Ten seconds of answers that do not come; more would measure this process and not the service. */
const maxUnderWay = 1_000;
const endsWithinMs = 90_000;

/** An open loop: turns begin at their rate, whether or not earlier ones are answered. */
export class Load {
  readonly #town: Town;
  readonly #turnsPerSecond: number;
  readonly #idle: Customer[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #skipped = 0;

  constructor(town: Town, turnsPerSecond: number) {
    this.#town = town;
    this.#turnsPerSecond = turnsPerSecond;
    this.#running = this.#run();
  }

  /** Begins no more turns; resolves when those under way have ended. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const tooLate = delay(endsWithinMs, 'too late', { ref: false });
    if ((await Promise.race([Promise.all(this.#underWay), tooLate])) === 'too late') {
      this.#town.ledger.isBroken(`${this.#underWay.size} turns had no end after ${endsWithinMs} ms`);
    }
    if (this.#skipped > 0) {
      this.#town.ledger.note(`${this.#skipped} turns not begun: ${maxUnderWay} were under way`);
    }
  }

  async #run(): Promise<void> {
    const startedAt = performance.now();
    let begun = 0;
    while (!this.#stop.signal.aborted && !this.#town.stopping.aborted) {
      const due = Math.floor(((performance.now() - startedAt) / 1_000) * this.#turnsPerSecond);
      for (; begun < due; begun++) this.#beginTurn();
      await delay(tickMs);
    }
  }

  #beginTurn(): void {
    if (this.#underWay.size >= maxUnderWay) {
      this.#skipped++;
      return;
    }
    // A customer who has just been answered thinks a while.
    const customer = this.#idle.shift() ?? new Customer(this.#town);
    const turn = customer.takeTurn().finally(() => {
      this.#underWay.delete(turn);
      if (!customer.isGone) this.#idle.push(customer);
    });
    this.#underWay.add(turn);
  }
}
