import { openDatabase } from '../../test/history.js';
import type { Database } from '../database.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { noFigures } from './retention-figures.js';
import { RetentionRuns } from './retention-runs.js';

let database: TestDatabase;
let pool: Database;
let runs: RetentionRuns;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openDatabase(database.url);
  runs = new RetentionRuns(pool);
});
afterAll(async () => {
  await pool.close();
  await database.drop();
});

const start = {
  cutoff: new Date('2026-02-08T03:00:00.000Z'),
  startedAt: new Date('2026-03-10T03:00:00.000Z'),
  dryRun: false,
};

describe('receipts of retention runs', () => {
  it('keep what a run was to delete and what it did', async () => {
    const id = await runs.begin(start);
    const figures = {
      partitionsDropped: ['chat_messages_p20260207'],
      messagesDeleted: 7,
      sessionsDeleted: 2,
      postponed: ['analyze: it is in use'],
    };
    const finishedAt = await runs.finish(id, figures, null);
    expect(await database.query('select * from retention_runs where id = $1', [id])).toEqual([
      {
        id,
        cutoff: start.cutoff,
        started_at: start.startedAt,
        finished_at: finishedAt,
        dry_run: false,
        partitions_dropped: figures.partitionsDropped,
        messages_deleted: '7',
        sessions_deleted: '2',
        postponed: figures.postponed,
        error: null,
      },
    ]);
  });

  it('know the last good run: not a dry, failed or killed one', async () => {
    const finishedAt = await runs.finish(await runs.begin(start), noFigures, null);
    const later = { ...start, startedAt: new Date('2026-03-11T03:00:00.000Z') };
    await runs.begin(later);
    await runs.finish(await runs.begin(later), noFigures, 'the database does not answer');
    await runs.finish(await runs.begin({ ...later, dryRun: true }), noFigures, null);
    expect(await runs.lastGood()).toEqual({ cutoff: start.cutoff, startedAt: start.startedAt, finishedAt });
  });
});

describe('what the last run left', () => {
  beforeEach(() => database.query('truncate retention_runs'));

  let day = 10;
  const begin = (dryRun = false) =>
    runs.begin({ ...start, startedAt: new Date(Date.UTC(2026, 2, day++)), dryRun });

  it('is nothing when there was none, or it was good', async () => {
    expect(await runs.leftSomething()).toBe(false);
    await runs.finish(await begin(), noFigures, null);
    expect(await runs.leftSomething()).toBe(false);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['was killed', () => begin()],
    ['failed', async () => runs.finish(await begin(), noFigures, 'the worker was asked to stop')],
    [
      'postponed a day',
      async () => runs.finish(await begin(), { ...noFigures, postponed: ['it is in use'] }, null),
    ],
  ])('is something when it %s, until a later one is good', async (_, run) => {
    await run();
    await runs.finish(await begin(true), noFigures, null);
    expect(await runs.leftSomething()).toBe(true);
    await runs.finish(await begin(), noFigures, null);
    expect(await runs.leftSomething()).toBe(false);
  });

  it('is nothing when a run was refused since', async () => {
    await begin();
    await runs.finish(await begin(true), noFigures, 'the retention is shorter');
    expect(await runs.leftSomething()).toBe(false);
  });
});

describe('the time of a run', () => {
  it('is the earlier of the two clocks', async () => {
    const [row] = await database.query<{ now: Date }>('select now()');
    const trueNow = row?.now.getTime() ?? 0;
    jest.useFakeTimers({
      now: trueNow + 40 * 86_400_000,
      doNotFake: ['setTimeout', 'setImmediate', 'nextTick'],
    });
    const ahead = await runs.now();
    jest.setSystemTime(trueNow - 86_400_000);
    const behind = await runs.now();
    jest.useRealTimers();
    expect(Math.abs(ahead.getTime() - trueNow)).toBeLessThan(3_600_000);
    expect(behind.getTime()).toBe(trueNow - 86_400_000);
  });
});
