import { openRetentionStore, type RetentionStore } from '@chat-history/message-store';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { dayMs, lockIsGone, runWaits, silent, writeDaysAgo, writeExpiredSessions } from '../test/worker.js';
import { RunStoppedError } from './failure-reason.js';
import type { RetentionReceipt } from './retention-receipt.js';
import { RetentionRun, type RunRequest } from './retention-run.js';

let database: TestDatabase;
let stores: RetentionStore[];
beforeEach(async () => {
  database = await createTestDatabase();
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await database.drop();
});

const never = new AbortController().signal;
const really = { dryRun: false, confirmShortened: false };

function startRun(request: Partial<RunRequest> = {}, { retentionDays = 30, stop = never } = {}) {
  const store = openRetentionStore({
    databaseUrl: database.url,
    retentionDays,
    applicationName: 'retention-worker',
    logger: silent,
  });
  stores.push(store);
  return new RetentionRun(store, retentionDays, silent).run({ ...really, ...request }, stop);
}

async function run(request: Partial<RunRequest> = {}, retentionDays = 30): Promise<RetentionReceipt> {
  const receipt = await startRun(request, { retentionDays });
  if (typeof receipt === 'string') throw new Error(receipt);
  return receipt;
}

async function messages(): Promise<number> {
  return (await database.query('select from chat_messages')).length;
}

/** What a run deletes, without when it ran. */
function figuresOf({ partitionsDropped, messagesDeleted, sessionsDeleted, postponed }: RetentionReceipt) {
  return { partitionsDropped, messagesDeleted, sessionsDeleted, postponed };
}

describe('a retention run', () => {
  it('deletes the message of 31 days ago and keeps the fresh one; the dry run said so and deleted nothing', async () => {
    await writeDaysAgo(database, 31, 'old');
    await writeDaysAgo(database, 0, 'fresh');

    const predicted = await run({ dryRun: true });
    expect(await messages()).toBe(2);
    const done = await run();

    expect(figuresOf(done)).toEqual(figuresOf(predicted));
    expect(done).toMatchObject({
      messagesDeleted: 1,
      sessionsDeleted: 1,
      postponed: [],
      dryRun: false,
      error: null,
    });
    expect(await database.query('select session_name from chat_messages')).toEqual([
      { session_name: 'fresh' },
    ]);
    expect(await database.query('select session_name from chat_sessions')).toEqual([
      { session_name: 'fresh' },
    ]);
  });

  it('leaves its receipt in the database, dry or not', async () => {
    await writeDaysAgo(database, 31, 'old');
    const receipts = [await run({ dryRun: true }), await run()];
    expect(await database.query('select * from retention_runs order by started_at')).toEqual(
      receipts.map((receipt) => ({
        id: expect.any(String),
        cutoff: receipt.cutoff,
        started_at: receipt.startedAt,
        finished_at: receipt.finishedAt,
        dry_run: receipt.dryRun,
        partitions_dropped: receipt.partitionsDropped,
        messages_deleted: '1',
        sessions_deleted: '1',
        postponed: [],
        error: null,
      })),
    );
    expect(receipts.map((receipt) => receipt.startedAt.getTime() - receipt.cutoff.getTime())).toEqual([
      30 * dayMs,
      30 * dayMs,
    ]);
  });

  it('works once when two workers run at the same time', async () => {
    await writeExpiredSessions(database, 3);
    await database.query('begin');
    await database.query('select from chat_sessions for update');
    const first = startRun();
    await runWaits(database);
    expect(await startRun()).toBe('another worker is running');
    expect(await startRun({ dryRun: true })).toBe('another worker is running');
    await database.query('commit');
    expect(await first).toMatchObject({ messagesDeleted: 3, sessionsDeleted: 3, error: null });
    expect(await database.query('select from retention_runs')).toHaveLength(1);
  });

  it('deletes nothing when the retention was shortened, until that is confirmed', async () => {
    await run();
    await writeDaysAgo(database, 10, 'ten days old');

    for (const attempt of [1, 2]) {
      const refused = await run({}, 3);
      expect(refused.error).toContain('CHAT_HISTORY_RETENTION_DAYS is 27 days shorter');
      expect({ attempt, ...figuresOf(refused) }).toMatchObject({
        attempt,
        messagesDeleted: 1,
        sessionsDeleted: 1,
      });
      expect(await messages()).toBe(1);
    }
    expect(await run({ confirmShortened: true }, 3)).toMatchObject({ messagesDeleted: 1, error: null });
    expect(await messages()).toBe(0);
    expect(await run({}, 3)).toMatchObject({ messagesDeleted: 0, error: null });
  });

  it('stops before its next step when the connection that holds the lock is lost', async () => {
    await writeExpiredSessions(database, 1_000);
    await database.query('begin');
    await database.query('select from chat_sessions order by session_name limit 1 for update');
    const running = startRun();
    await runWaits(database);
    await database.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'retention-worker lock'`);
    await lockIsGone(database);
    await database.query('commit');

    const receipt = await running;
    expect(receipt).toMatchObject({
      error: 'the connection that holds the lock was lost',
      messagesDeleted: 1_000,
    });
    expect((await database.query('select from chat_sessions')).length).toBeGreaterThan(0);
    expect(await run()).toMatchObject({ messagesDeleted: 0, error: null });
    expect(await database.query('select from chat_sessions')).toEqual([]);
  });

  it('stops after the step under way when it is told to, and says so', async () => {
    await writeExpiredSessions(database, 1_000);
    await database.query('begin');
    await database.query('select from chat_sessions order by session_name limit 1 for update');
    const stop = new AbortController();
    const running = startRun({}, { stop: stop.signal });
    await runWaits(database);
    stop.abort(new RunStoppedError('the worker was asked to stop'));
    await database.query('commit');

    expect(await running).toMatchObject({ error: 'the worker was asked to stop', sessionsDeleted: 100 });
    expect(await database.query('select from chat_sessions')).toHaveLength(900);
    expect(await database.query('select error from retention_runs')).toEqual([
      { error: 'the worker was asked to stop' },
    ]);
  });
});
