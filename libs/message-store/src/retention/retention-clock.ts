import { retentionCutoff } from './retention-cutoff.js';

/** What the time is, and before which moment messages are past their retention now. */
export class RetentionClock {
  readonly retentionDays: number;

  constructor(retentionDays: number) {
    this.retentionDays = retentionDays;
  }

  now(): Date {
    return new Date();
  }

  cutoff(): Date {
    return retentionCutoff(this.now(), this.retentionDays);
  }
}
