import { randomUUID } from 'node:crypto';
import { messageAt } from '../../test/history.js';
import { createSearchedHistory, searchedAt, type SearchedHistory } from '../../test/searched-history.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import { HitRanking } from './hit-ranking.js';
import { HitReader } from './hit-reader.js';
import type { TimeOrder } from './search-windows.js';

let history: SearchedHistory;
beforeAll(async () => {
  history = await createSearchedHistory();
  await history.keepOnly([messageAt(searchedAt, 's')]);
});
afterAll(() => history.drop());

it.each<[TimeOrder, '<' | '>', string, number]>([
  ['newest', '<', '9999-12-31T23:59:59.999Z', 1],
  ['oldest', '>', '9999-12-31T23:59:59.999Z', 0],
  ['newest', '<', '0001-01-01T00:00:00.000Z', 0],
  ['oldest', '>', '0001-01-01T00:00:00.000Z', 1],
])(
  'looks only where messages are, whatever place a cursor names: %s %s %s',
  async (order, side, createdAt, hits) => {
    const reader = new HitReader(history.database, new StoppedClock(searchedAt), AbortSignal.timeout(20_000));
    const found = new HitRanking(5, `'word'`);
    const bounds = [{ side, createdAt, id: randomUUID() }];
    await reader.read({ filter: {}, words: undefined, order, bounds }, found);
    expect(found.hits).toHaveLength(hits);
  },
);
