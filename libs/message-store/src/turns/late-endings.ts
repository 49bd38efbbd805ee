import type { TurnEnding } from './turn.js';

/** Turns of an outage of minutes; what is over that is forgotten, oldest first. */
const maxEndings = 1_000;

/**
 * Endings that the database could not be told. Told later, they free leases that PostgreSQL gave after it had hung
 * (it runs a statement also when nobody waits for it any more), and let a repeat find its reply on any replica.
 */
export class LateEndings {
  readonly #endings = new Set<TurnEnding>();
  #isTelling = false;

  add(ending: TurnEnding): void {
    this.#endings.add(ending);
    const [oldest] = this.#endings;
    if (oldest && this.#endings.size > maxEndings) this.#endings.delete(oldest);
  }

  /**
   * Those of one session, oldest first, told ahead of its next turn: which would be said to be busy with a lease that
   * is over, and wait it out if the database went silent again.
   * @throws as `tell`; what it threw for is told again.
   */
  async tellOf(sessionName: string, tell: (ending: TurnEnding) => Promise<unknown>): Promise<void> {
    for (const ending of this.#endings) {
      if (ending.sessionName !== sessionName) continue;
      await tell(ending);
      this.#endings.delete(ending);
    }
  }

  /**
   * Tells them one after another, so that turns of now keep their connections; ends at the first that is not heard.
   * @param tell whether the database was told; never rejects.
   */
  async tellAll(tell: (ending: TurnEnding) => Promise<boolean>): Promise<void> {
    if (this.#isTelling) return;
    this.#isTelling = true;
    for (const ending of this.#endings) {
      if (!(await tell(ending))) break;
      this.#endings.delete(ending);
    }
    this.#isTelling = false;
  }
}
