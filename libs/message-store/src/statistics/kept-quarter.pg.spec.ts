import { openDatabase } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { keepQuarter } from './kept-quarter.js';

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

it('keeps the times of more sessions than a function takes arguments', async () => {
  const quarter = new Date('2025-10-01T12:00:00Z');
  const before = Array.from({ length: 200_000 }, (_, n) => new Date(quarter.getTime() - 1 - n));
  const none = { count: 0, before: [] };
  await keepQuarter(database, quarter, {
    quarters: new Map(),
    sessions: { count: before.length, before },
    agentSessions: none,
    openTurns: none,
    responses: new Map(),
    agents: [],
  });
  expect(
    await test.query('select returned_count, returned_since, agent_returned_since from statistics_quarters'),
  ).toEqual([{ returned_count: before.length, returned_since: before.at(-1), agent_returned_since: null }]);
});
