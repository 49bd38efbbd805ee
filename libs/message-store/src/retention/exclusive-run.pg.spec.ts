import { once } from 'node:events';
import { RetentionLockLostError, StoreUnavailableError } from '../message-store.errors.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { ExclusiveRun } from './exclusive-run.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

function worker(): ExclusiveRun {
  return new ExclusiveRun(database.url, 'spec lock');
}

describe('an exclusive run', () => {
  it('lets one worker work and tells the other by name', async () => {
    const outcome = await worker().run(async () => worker().run(async () => 'worked'));
    expect(outcome).toBe('another worker is running');
  });

  it('lets the next one work when the first has ended or failed', async () => {
    expect(await worker().run(async () => 'first')).toBe('first');
    await expect(worker().run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await worker().run(async () => 'third')).toBe('third');
  });

  it('aborts the work when the connection that holds the lock is terminated', async () => {
    await worker().run(async (lost) => {
      expect(lost.aborted).toBe(false);
      const aborted = once(lost, 'abort');
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'spec lock'`,
      );
      await aborted;
      expect(lost.reason).toBeInstanceOf(RetentionLockLostError);
    });
  });

  it('says that the database is away', async () => {
    const nowhere = new ExclusiveRun('postgres://postgres@127.0.0.1:1/none', 'spec lock');
    await expect(nowhere.run(async () => 'worked')).rejects.toThrow(StoreUnavailableError);
  });
});
