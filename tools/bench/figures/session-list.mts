import type { SessionListQuery } from '@chat-history/message-store';
import pg from 'pg';
import { withConnection } from '../connection.mts';
import type { Bench, BenchDatabase, Figure, FigureResult } from '../figure.mts';
import { median } from '../statistics.mts';
import { p95InTurn, roundsOf, timeOf } from '../timing.mts';
import { sizesToCompare, withStores } from './reading-store.mts';

const limit = 50;

/** What takes longer is not waited for: it is beyond comparison. */
const groupByTimeoutSeconds = 60;

/** PostgreSQL's code of a statement that was cancelled. */
const queryCancelled = '57014';

const hourMs = 3_600_000;

/** The list of sessions, latest first, as the workbench shows it. */
export const sessionList: Figure = {
  name: 'session-list',
  title: 'Session list',
  needs: ['10M', '100k'],
  async measure(bench) {
    const databases = await sizesToCompare(bench);
    const [database] = databases;
    if (!database) return [];
    const first = await firstPage(bench, databases);
    return [
      ...first,
      ...(await byGroupBy(bench, database, first[0]!.value)),
      ...(await ranges(bench, database)),
    ];
  },
};

async function firstPage(bench: Bench, databases: readonly BenchDatabase[]): Promise<FigureResult[]> {
  return withStores(databases, async (stores) => {
    const calls = stores.map((store) => () => store.sessionList.find({ limit }));
    const [value = NaN, small] = await p95InTurn(bench, calls, roundsOf(bench));
    const beside = small === undefined ? {} : { ...compared(value, small), limit: { atMost: 1.5 } };
    return [{ what: 'first page, p95', value, unit: 'ms', ...beside }];
  });
}

function compared(value: number, small: number) {
  return { beside: { what: 'at 100k', value: small }, ratio: value / small };
}

/** What a history without a table of sessions asks. */
async function byGroupBy(
  { quick, stopping }: Bench,
  { url, dataSet }: BenchDatabase,
  value: number,
): Promise<FigureResult[]> {
  return withConnection(url, stopping, async (client) => {
    await client.query(`set statement_timeout = '${groupByTimeoutSeconds}s'`);
    const times: number[] = [];
    let isOver = false;
    for (let round = 0; round < (quick ? 2 : 3) && !isOver; round++) {
      const asked = () => client.query(sessionsByGroupBy, [dataSet.from, limit]);
      times.push(
        await timeOf(() =>
          asked().catch((error: unknown) => {
            if (!(error instanceof pg.DatabaseError && error.code === queryCancelled)) throw error;
            isOver = true;
          }),
        ),
      );
    }
    const other = isOver ? groupByTimeoutSeconds * 1_000 : median(times);
    const what = isOver ? `GROUP BY, over ${groupByTimeoutSeconds} s` : 'GROUP BY';
    return [
      {
        ...{ what: 'first page, p95, beside a GROUP BY', value, unit: 'ms' },
        ...{ beside: { what, value: other }, ratio: other / value, limit: { atLeast: 100 } },
      },
    ];
  });
}

const sessionsByGroupBy = `
  select session_name, min(created_at), max(created_at) as last_message_at, count(*),
         count(*) filter (where role = 'user'), count(*) filter (where role = 'assistant'),
         count(*) filter (where role = 'agent')
  from chat_messages
  where created_at >= $1
  group by session_name
  order by last_message_at desc, session_name desc
  limit $2`;

/** Ranges that ended long ago are read from messages: first pages, and the pages after them. */
async function ranges(bench: Bench, database: BenchDatabase): Promise<FigureResult[]> {
  const { dataSet } = database;
  const day = dataSet.daysBack(20).getTime();
  const hour = (index: number) => new Date(day + (index % 24) * hourMs);
  const hourOf = (index: number) => ({ from: hour(index), to: new Date(hour(index).getTime() + hourMs) });
  const dayOf = (index: number) => ({
    from: dataSet.daysBack(1 + (index % 29)),
    to: dataSet.daysBack(index % 29),
  });
  return withStores([database], async ([store]) => {
    const find = (query: SessionListQuery) => store!.sessionList.find(query);
    const second = async (range: { from: Date; to: Date }) => {
      const { nextCursor } = await find({ ...range, limit });
      return { ...range, limit, ...(nextCursor === null ? {} : { cursor: nextCursor }) };
    };
    const seconds = await Promise.all(Array.from({ length: 29 }, (_, index) => second(dayOf(index))));
    const calls = {
      'one hour, 20 days back, first page, p95': (index: number) => find({ ...hourOf(index), limit }),
      'one day, first page, p95': (index: number) => find({ ...dayOf(index), limit }),
      'one day, second page, p95': (index: number) => find(seconds[index % seconds.length]!),
    };
    const measured = await p95InTurn(bench, Object.values(calls), roundsOf(bench));
    return Object.keys(calls).map((what, index) => ({
      ...{ what, value: measured[index]!, unit: 'ms', limit: { atMost: 50 } },
    }));
  });
}
