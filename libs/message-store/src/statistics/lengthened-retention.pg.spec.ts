import { Client } from 'pg';
import {
  messageAt,
  openDatabase,
  sessionsThatMiscount,
  silent,
  someoneWaits,
  write,
} from '../../test/history.js';
import { recountStored } from '../../test/recount-stored.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { MessageStatistics, type Statistics } from '../read/message-statistics.js';
import { openRetentionStore, type RetentionStore } from '../retention/open-retention-store.js';
import { noFigures } from '../retention/retention-figures.js';
import type { RetentionStoreOptions } from '../retention/retention.options.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { ExpiredQuarters } from './expired-quarters.js';
import { QuarterCounting } from './quarter-counting.js';

const quarterMs = 900_000;
const dayMs = 96 * quarterMs;
/** Amid a quarter that is closed. */
const now = new Date(Math.floor(Date.now() / quarterMs) * quarterMs - 10 * 60_000);
const daysAgo = (days: number, ms = 0) => new Date(now.getTime() - days * dayMs + ms);
const everything = { timeZone: 'UTC', interval: 'day' } as const;

let test: TestDatabase;
let database: Database;
let retention: RetentionStore;
let counting: QuarterCounting;
/** Nothing is past its retention when it is first counted, nor once the retention was lengthened. */
const clock = new StoppedClock(now, 60);
beforeEach(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  retention = openStore();
  counting = new QuarterCounting(database, { retentionDays: 60, settleMs: 0 });
});
afterEach(async () => {
  await retention.close();
  await database.close();
  await test.drop();
});

function openStore(options: Partial<RetentionStoreOptions> = {}): RetentionStore {
  const ours = { databaseUrl: test.url, retentionDays: 30, applicationName: 'spec', logger: silent };
  return openRetentionStore({ ...ours, ...options });
}

async function countQuartersOf(messages: readonly Message[]): Promise<void> {
  for (const { createdAt } of messages) {
    const quarter = new Date(Math.floor(createdAt.getTime() / quarterMs) * quarterMs);
    await counting.count(quarter);
  }
}

/** What is said 35, 33 and 20 days ago: a question and its late answer, and twice an agent. */
async function sayAndCount(): Promise<void> {
  const messages = [
    messageAt(daysAgo(35), 'returns'),
    messageAt(daysAgo(35, 1), 'returns', 'agent'),
    messageAt(daysAgo(35), 'is answered'),
    messageAt(daysAgo(33), 'returns'),
    messageAt(daysAgo(33), 'another'),
    messageAt(daysAgo(20), 'is answered', 'assistant'),
    messageAt(daysAgo(20), 'returns', 'agent'),
    messageAt(daysAgo(20), 'another'),
  ];
  await write(database, messages);
  await countQuartersOf(messages);
  await expectRecount();
}

/** @param steps after which the run is killed. */
async function expire(days: number, steps = Infinity, { runs, expiredMessages } = retention): Promise<void> {
  const cutoff = daysAgo(days);
  const id = await runs.begin({ cutoff, startedAt: new Date(), dryRun: false });
  const deletion = expiredMessages.delete(cutoff);
  for (let step = 0; !(await deletion.next()).done; step++) if (step === steps) return;
  await runs.finish(id, noFigures, null);
}

async function expectRecount(): Promise<Statistics> {
  const counted = await new MessageStatistics(database, clock, 60_000).summarize(everything);
  expect(counted).toEqual(await recountStored(test, clock, everything));
  return counted;
}

describe('statistics after the retention was lengthened', () => {
  beforeEach(() => sayAndCount());

  it('count sessions whose early messages were deleted', async () => {
    await expire(30);
    expect(await expectRecount()).toMatchObject({ sessions: 3, agentSessions: 1, unansweredTurns: 1 });
    expect(await test.query('select from statistics_quarters')).toHaveLength(1);
  });

  it('count what was imported of the time that had been deleted', async () => {
    await expire(30);
    const imported = [messageAt(daysAgo(40), 'returns'), messageAt(daysAgo(34), 'is answered')];
    await write(database, imported);
    await expectRecount();
    await countQuartersOf([...imported, messageAt(daysAgo(20), '')]);
    expect(await expectRecount()).toMatchObject({ sessions: 3, unansweredTurns: 1 });
  });

  it('count what a run left that could not detach a day', async () => {
    const reader = new Client({ connectionString: test.url });
    await reader.connect();
    await reader.query('begin');
    await reader.query('select count(*) from chat_messages');
    const impatient = openStore({ detachTimeoutMs: 300 });
    await expire(30, Infinity, impatient);
    await impatient.close();
    expect(await test.query('select from chat_messages where created_at < $1', [daysAgo(30)])).toHaveLength(
      2,
    );
    await expectRecount();
    expect(await sessionsThatMiscount(test)).toEqual([]);
    await reader.end();
    await expire(30);
    await expectRecount();
  });

  it('count what a run deleted that was killed on its way, once the next one has begun', async () => {
    for (const steps of [1, 2, 3]) {
      await expire(30, steps);
      await expire(60);
      expect((await test.query('select from statistics_marks')).length).toBeGreaterThan(0);
      await expectRecount();
    }
    await countQuartersOf([35, 33, 20].map((days) => messageAt(daysAgo(days), '')));
    await expire(60);
    expect(await test.query('select from statistics_marks')).toEqual([]);
    await expectRecount();
  });

  it('count what a quarter looks back to that was being counted when it was deleted', async () => {
    await write(database, [messageAt(daysAgo(20, 1), 'returns')]);
    const holder = new Client({ connectionString: test.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('lock table statistics_days in access exclusive mode');
    const counted = countQuartersOf([messageAt(daysAgo(20), '')]);
    await someoneWaits(test, '%delete from statistics_days%');
    await test.query('delete from chat_messages where created_at < $1', [daysAgo(30)]);
    const deleted = new ExpiredQuarters(database).delete(daysAgo(30));
    await someoneWaits(test, '%advisory%');
    await holder.end();
    await Promise.all([counted, deleted]);
    await expectRecount();
  });
});
