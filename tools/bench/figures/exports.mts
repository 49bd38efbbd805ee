import type { BenchDatabase, Figure } from '../figure.mts';
import { median } from '../statistics.mts';
import { resultOf } from './own-process.mts';

interface Taken {
  readonly ms: number;
  readonly growthMiB: number;
  readonly bytes: number;
}

/** A CSV file of every message beside PostgreSQL's own, each to a sink in a process of its own, in turn. */
export const exports: Figure = {
  name: 'exports',
  title: 'Exporting',
  needs: ['1M'],
  async measure(bench) {
    const size = bench.quick ? '100k' : '1M';
    const database = await bench.database(size);
    const [ours, theirs]: [Taken[], Taken[]] = [[], []];
    for (let round = 0; round < (bench.quick ? 2 : 5); round++) {
      ours.push(await take('export', database, bench.stopping));
      theirs.push(await take('copy', database, bench.stopping));
      bench.log(
        `  round ${round + 1}: ${ours.at(-1)!.ms.toFixed(0)} ms, COPY ${theirs.at(-1)!.ms.toFixed(0)} ms`,
      );
    }
    const rate = ({ ms }: Taken) => (database.dataSet.messages / ms) * 1_000;
    return [
      {
        what: `CSV export of ${size} messages`,
        value: median(ours.map(rate)),
        unit: 'messages/s',
        beside: { what: 'COPY (select …) TO STDOUT csv', value: median(theirs.map(rate)) },
        ratio: median(ours.map((taken, round) => theirs[round]!.ms / taken.ms)),
        limit: { atLeast: 0.4 },
        note: `${(ours[0]!.bytes / 1_048_576).toFixed(0)} MiB; with the guard against formulas, which COPY has not`,
      },
      {
        what: 'growth of resident memory during it',
        value: Math.max(...ours.map(({ growthMiB }) => growthMiB)),
        unit: 'MiB',
        limit: { atMost: 64 },
        note: 'the largest of all rounds',
      },
    ];
  },
};

async function take(which: string, { url, dataSet }: BenchDatabase, stopping: AbortSignal): Promise<Taken> {
  return resultOf('./exports-process.mts', [which, url, String(dataSet.retentionDays)], stopping);
}
