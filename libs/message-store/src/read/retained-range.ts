import type { RetentionClock } from '../retention/retention-clock.js';
import { takenUntil } from '../write/partition-maker.js';

/** Half-open: `from` is included, `to` is not. */
export interface TimeRange {
  readonly from?: Date;
  readonly to?: Date;
}

/**
 * The part of a range that a reader may see: it begins at the retention cutoff at the earliest. Every reader passes
 * its range through here, so that what is past its retention is invisible at once and not only after the next run.
 * Both ends are given as ISO text: constants that let PostgreSQL leave out the partitions of other days.
 */
export function retainedRange(range: TimeRange, clock: RetentionClock): { from: string; to: string } {
  const cutoff = clock.cutoff();
  const from = range.from && range.from > cutoff ? range.from : cutoff;
  // Writers' clocks may be ahead of ours.
  const to = range.to ?? takenUntil(clock.now());
  return { from: from.toISOString(), to: to.toISOString() };
}
