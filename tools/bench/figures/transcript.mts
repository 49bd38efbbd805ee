import type { BenchDatabase, Figure } from '../figure.mts';
import { p95InTurn, roundsOf } from '../timing.mts';
import { sizesToCompare, withStores } from './reading-store.mts';

const limit = 50;

/** The page of a conversation around a message, as a hit of a search opens it. */
export const transcript: Figure = {
  name: 'transcript',
  title: 'Transcripts',
  needs: ['10M', '100k'],
  async measure(bench) {
    const databases = await sizesToCompare(bench);
    const rounds = roundsOf(bench);
    const asked = databases.map((database) => someMessages(database, rounds.calls));
    return withStores(databases, async (stores) => {
      const calls = stores.map((store, at) => (index: number) => store.transcript.find(asked[at]![index]!));
      const [value = NaN, small] = await p95InTurn(bench, calls, rounds);
      const what = 'page around a message, p95';
      if (small === undefined) return [{ what, value, unit: 'ms' }];
      const beside = { what: 'at 100k', value: small };
      return [{ what, value, unit: 'ms', beside, ratio: value / small, limit: { atMost: 1.5 } }];
    });
  },
};

/** Evenly over all days, so from sessions of every length and age. */
function someMessages({ dataSet }: BenchDatabase, count: number) {
  const step = Math.floor(dataSet.messages / count);
  return Array.from({ length: count }, (_, index) => {
    const [message] = dataSet.rows(index * step + Math.floor(step / 2), 1);
    return { sessionName: message!.sessionName, around: message!.id, limit };
  });
}
