import { openDatabase } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { lastBefore } from './last-before.js';

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

it('looks back for more sessions than a function takes arguments', async () => {
  const sessions = Array.from({ length: 200_000 }, (_, n) => ({
    name: `s${n}`,
    firstAt: new Date('2025-10-01T00:00:00Z'),
    hasAgent: true,
    beginsAnswered: true,
  }));
  const times = { from: new Date(0), to: new Date('2025-10-01T12:00:00Z') };
  expect(await lastBefore(database, sessions, times)).toEqual({
    messages: [],
    agentMessages: [],
    openTurns: [],
  });
});
