import type { Bench } from './figure.mts';
import { median, percentile } from './statistics.mts';

/** Something to be timed, called with the number of the call: the same numbers mean the same questions. */
export type Call = (index: number) => Promise<unknown>;

export interface Rounds {
  readonly rounds: number;
  /** A round; the p95 of a hundred is the sixth worst. */
  readonly calls: number;
}

/** With and without `--quick`. */
export function roundsOf({ quick }: Bench): Rounds {
  return quick ? { rounds: 3, calls: 20 } : { rounds: 5, calls: 100 };
}

/**
 * Times each call's p95, in turn, so that what disturbs the machine for a while disturbs them all, after a round that
 * does not count.
 * @returns the median of the rounds' p95, in milliseconds, in the order of `calls`.
 */
export async function p95InTurn(
  { stopping }: Pick<Bench, 'stopping'>,
  calls: readonly Call[],
  { rounds, calls: count }: Rounds,
): Promise<number[]> {
  const measured = calls.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [place, call] of calls.entries()) {
      const tookMs: number[] = [];
      for (let index = 0; index < count; index++) {
        stopping.throwIfAborted();
        tookMs.push(await timeOf(() => call(index)));
      }
      if (round > 0) measured[place]!.push(percentile(tookMs, 0.95));
    }
  }
  return measured.map(median);
}

/** In milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
