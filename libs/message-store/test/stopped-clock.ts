import { RetentionClock } from '../src/retention/retention-clock.js';

/** It is always the same time. */
export class StoppedClock extends RetentionClock {
  readonly #time: Date;

  constructor(time: Date, retentionDays = 30) {
    super(retentionDays);
    this.#time = time;
  }

  override now(): Date {
    return this.#time;
  }
}
