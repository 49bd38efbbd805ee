import { messageAt, openDatabase, write } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { ExpiredTurns } from './expired-turns.js';

let database: TestDatabase;
let worker: Database;

beforeEach(async () => {
  database = await createTestDatabase();
  worker = openDatabase(database.url);
});
afterEach(async () => {
  await worker.close();
  await database.drop();
});

async function deleteExpired(): Promise<number> {
  const batches = new ExpiredTurns(worker).delete();
  for (let count = 0; ; count++) if ((await batches.next()).done) return count;
}

async function addTurns(names: readonly string[], age: string): Promise<void> {
  await database.query(
    `insert into chat_turns (session_name, updated_at) select unnest($1::text[]), now() - $2::interval`,
    [names, age],
  );
}

async function addKeys(sessionName: string, count: number, age: string): Promise<void> {
  await database.query(
    `insert into chat_idempotency_keys (session_name, key_hash, request_hash, question_id, begins_session, created_at)
     select $1, sha256(n::text::bytea), '', gen_random_uuid(), false, now() - $3::interval - n / 100 * interval '1 second'
     from generate_series(1, $2) as n`,
    [sessionName, count, age],
  );
}

async function left(table: string): Promise<string[]> {
  const rows = await database.query<{ session_name: string }>(
    `select distinct session_name from ${table} order by 1`,
  );
  return rows.map((row) => row.session_name);
}

describe('deleting what turns leave behind', () => {
  it('takes the keys that are older than 24 hours, also when they are more than go into one batch', async () => {
    await addKeys('expired', 3_500, '24 hours');
    await addKeys('fresh', 500, '23 hours');
    await deleteExpired();
    expect(await left('chat_idempotency_keys')).toEqual(['fresh']);
    expect(await database.query('select from chat_idempotency_keys')).toHaveLength(500);
  });

  it('takes the rows of sessions that are gone and had no turn for a day, and no others', async () => {
    await write(worker, [messageAt(new Date(), 'with messages, old')]);
    await addTurns(['with messages, old', 'gone, old', '中文, gone, old'], '25 hours');
    await addTurns(['gone, but in use'], '23 hours');
    await addTurns(
      Array.from({ length: 2_500 }, (_, at) => `gone, old ${at}`),
      '2 days',
    );
    await deleteExpired();
    expect(await left('chat_turns')).toEqual(['gone, but in use', 'with messages, old']);
  });

  it('ends when there is nothing', async () => {
    expect(await deleteExpired()).toBe(0);
  });
});
