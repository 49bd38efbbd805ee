import type { BenchDatabase, Figure } from '../figure.mts';
import { median } from '../statistics.mts';
import { resultOf } from './own-process.mts';

interface Taken {
  readonly ms: number;
  readonly growthMiB: number;
  readonly bytes: number;
  /** Where they were counted; the header is one. */
  readonly records?: number;
}

/** A CSV file of every message beside PostgreSQL's own, each to a sink in a process of its own, in turn. */
export const exports: Figure = {
  name: 'exports',
  title: 'Exporting',
  needs: ['1M'],
  async measure(bench) {
    const size = bench.quick ? '100k' : '1M';
    const database = await bench.database(size);
    await checkRecords(database, bench.stopping);
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

/** A round that does not count. @throws when a file has not every message */
async function checkRecords(database: BenchDatabase, stopping: AbortSignal): Promise<void> {
  for (const which of ['export', 'copy'] as const) {
    const { records = 0 } = await take(which, database, stopping, ['count']);
    if (records === database.dataSet.messages + 1) continue;
    throw new Error(`${which} gave ${records - 1} of ${database.dataSet.messages} messages`);
  }
}

async function take(
  which: 'export' | 'copy',
  { url, dataSet }: BenchDatabase,
  stopping: AbortSignal,
  more: readonly string[] = [],
): Promise<Taken> {
  return resultOf('./exports-process.mts', [which, url, String(dataSet.retentionDays), ...more], stopping);
}
