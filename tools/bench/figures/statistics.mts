import type { StatisticsQuery } from '@chat-history/message-store';
import { withConnection } from '../connection.mts';
import type { Bench, BenchDatabase, Figure, FigureResult } from '../figure.mts';
import { median } from '../statistics.mts';
import { p95InTurn, roundsOf, timeOf } from '../timing.mts';
import { withStores } from './reading-store.mts';

/** What takes longer is not waited for. */
const plainTimeoutSeconds = 60;

const limitMs = 250;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a workbench asks when somebody looks at the last month, a day or an hour, in a zone with half hours. */
export const statistics: Figure = {
  name: 'statistics',
  title: 'Statistics',
  needs: ['10M'],
  async measure(bench) {
    const database = await bench.database(bench.size);
    const measured = await withStores([database], ([store]) => {
      const ask = (days: number) => (index: number) =>
        store!.statistics.summarize(rangeOf(database, days, index));
      return p95InTurn(bench, [ask(30), ask(1), ask(1 / 24)], roundsOf(bench));
    });
    const [month = NaN, day = NaN, hour = NaN] = measured;
    const limit = { atMost: limitMs };
    return [
      { what: '30 days, p95', value: month, unit: 'ms', limit },
      { what: 'one day, p95', value: day, unit: 'ms', limit },
      { what: 'one hour, p95', value: hour, unit: 'ms', limit },
      await besidePlainQuery(bench, database, month),
    ];
  },
};

/**
 * Ends at another moment each time, so that its edges are ragged: the month with its data set's newest day, where
 * nothing is closed yet after now, the others on any day.
 */
function rangeOf({ dataSet }: BenchDatabase, days: number, index: number): StatisticsQuery {
  const latest = Math.min(dataSet.to.getTime(), Date.now()) - (index % 60) * 61_003;
  const back = days < 30 ? (index % 25) * dayMs : 0;
  const to = new Date(latest - back);
  const from = new Date(to.getTime() - days * dayMs);
  return { from, to, timeZone: 'Asia/Kolkata', interval: days < 30 ? 'hour' : 'day' };
}

/** The same totals without percentiles, turns and agents: what a history asks that keeps nothing beside messages. */
async function besidePlainQuery(
  { quick, stopping }: Bench,
  database: BenchDatabase,
  value: number,
): Promise<FigureResult> {
  return withConnection(database.url, stopping, async (client) => {
    await client.query(`set statement_timeout = '${plainTimeoutSeconds}s'`);
    const times: number[] = [];
    for (let round = 0; round < (quick ? 2 : 3); round++) {
      stopping.throwIfAborted();
      const { from, to } = rangeOf(database, 30, round);
      times.push(await timeOf(() => client.query(plainQuery, [from, to])));
    }
    const other = median(times);
    const beside = { what: 'the plain query, median', value: other };
    return { what: '30 days, p95, beside the plain query', value, unit: 'ms', beside, ratio: other / value };
  });
}

const plainQuery = `
  select date_trunc('day', created_at, 'Asia/Kolkata') as day, role, count(*), count(distinct session_name),
         avg(response_time_ms), percentile_disc(array[0.5, 0.9, 0.99]) within group (order by response_time_ms)
  from chat_messages
  where created_at >= $1 and created_at < $2
  group by day, role`;
