import { openDatabase } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { askedWords } from './asked-words.js';

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

const asked = (q: string) => askedWords(database, q, AbortSignal.timeout(10_000));

it.each(['refunds', '退款', '退', 'ord*', '<|!&>word'])(
  'PostgreSQL knows how many messages have %j, which is one word',
  async (q) => {
    expect(await asked(q)).toMatchObject({ isCountable: true });
  },
);

// At ten million messages three words that nobody said, taken for countable, made it walk through each day.
it.each([
  'a b',
  '"a b"',
  '-a',
  'ORD-12345',
  '退款申请',
  'a or b',
  'nosuch1 or nosuch2 or nosuch3',
  'flurbation*',
])('PostgreSQL only guesses how many messages have %j', async (q) => {
  expect(await asked(q)).toMatchObject({ isCountable: false });
});

it('asks nothing for a blank query, and nothing can be found for punctuation', async () => {
  expect([await asked(' '), await asked('?!')]).toEqual([undefined, 'nothing']);
});
