import fc from 'fast-check';
import { expectEqual } from '../../test/equal-statistics.js';
import { messageAt, openDatabase, silent, write } from '../../test/history.js';
import { recountStored } from '../../test/recount-stored.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { openRetentionStore, type RetentionStore } from '../retention/open-retention-store.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { retentionCutoff } from '../retention/retention-cutoff.js';
import { noFigures } from '../retention/retention-figures.js';
import { QuarterCounting } from '../statistics/quarter-counting.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { MessageStatistics, type Statistics, type StatisticsQuery } from './message-statistics.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** The longest that a message is kept. */
const maxDays = 5;

/**
 * Goes on as the property does, an hour a case: through a change of clocks in Australia, then in Europe, then in America.
 * It has to stay behind the real clock, by which messages are late.
 */
class SettableClock extends RetentionClock {
  time = Date.parse('2025-10-04T12:00:00Z');
  days = 4;

  override now(): Date {
    return new Date(this.time);
  }

  override cutoff(): Date {
    return retentionCutoff(this.now(), this.days);
  }
}

const clock = new SettableClock(maxDays);
let test: TestDatabase;
let database: Database;
let retention: RetentionStore;
let statistics: MessageStatistics;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  retention = openRetentionStore({
    databaseUrl: test.url,
    retentionDays: maxDays,
    applicationName: 'spec retention',
    logger: silent,
  });
  statistics = new MessageStatistics(database, clock, 60_000);
});
afterAll(async () => {
  await retention.close();
  await database.close();
  await test.drop();
});

/** In milliseconds of the longest time that is kept: few quarter-hours, and within them often the same moment. */
const moment = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: maxDays * 96 + 40 }), fc.integer({ min: 436, max: 486 })),
    fc.oneof(fc.constantFrom(0, 1, 15 * minuteMs - 1, 7 * minuteMs), fc.nat(15 * minuteMs - 1)),
  )
  .map(([quarter, within]) => quarter * 15 * minuteMs + within);

function momentAt(ms: number): Date {
  return new Date(retentionCutoff(clock.now(), maxDays).getTime() + ms);
}

const said = fc.record({
  session: fc.nat(9),
  at: moment,
  role: fc.constantFrom<Message['role']>('user', 'user', 'assistant', 'agent'),
  status: fc.constantFrom<Message['status']>('complete', 'complete', 'complete', 'interrupted', 'failed'),
  responseTimeMs: fc.oneof(fc.constantFrom(null, 0, 1, 25), fc.nat(30_000), fc.nat(2 ** 31 - 1)),
  agent: fc.constantFrom(null, 'one', 'two', 'three'),
  name: fc.constantFrom(null, 'Ann', 'Bea'),
});
type Said = Parameters<typeof messageOf>[0];

function messageOf(word: typeof said extends fc.Arbitrary<infer Word> ? Word : never): Message {
  const createdAt = momentAt(word.at);
  const isAgent = word.role === 'agent';
  return {
    ...messageAt(createdAt, `s${word.session}`, word.role),
    status: word.status,
    responseTimeMs: word.responseTimeMs,
    agentId: isAgent ? word.agent : null,
    agentName: isAgent ? word.name : null,
  };
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ say: fc.array(said, { minLength: 1, maxLength: 8 }) }) },
  { weight: 4, arbitrary: fc.record({ count: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.record({ passMs: fc.integer({ min: 1, max: 12 * hourMs }) }) },
  { weight: 1, arbitrary: fc.constant({ expire: true } as const) },
  {
    weight: 1,
    arbitrary: fc.record({ keepDays: fc.integer({ min: 2, max: maxDays }), cutAfter: fc.option(fc.nat(6)) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function take(one: Step): Promise<void> {
  if ('say' in one) await say(one.say);
  else if ('count' in one) await count(one.count);
  else if ('passMs' in one) clock.time += one.passMs;
  else if ('keepDays' in one) await keepFor(one.keepDays, one.cutAfter);
  else await expire();
}

/** As the writer does, without what is past its retention. */
async function say(words: readonly Said[]): Promise<void> {
  await write(
    database,
    words.map(messageOf).filter(({ createdAt }) => createdAt >= clock.cutoff()),
  );
}

async function count(limit = 10_000): Promise<void> {
  const options = { retentionDays: clock.days, settleMs: 0, now: () => clock.now() };
  const counting = new QuarterCounting(database, options);
  const { next } = await counting.uncounted({ limit, except: [] });
  for (const quarter of next) await counting.count(quarter);
}

/** @param cutAfter so many steps it is killed. */
async function expire(cutAfter = Infinity): Promise<void> {
  const run = { cutoff: clock.cutoff(), startedAt: new Date(), dryRun: false };
  const id = await retention.runs.begin(run);
  const steps = retention.expiredMessages.delete(run.cutoff);
  for (let step = 0; step < cutAfter; step++) {
    if (!(await steps.next()).done) continue;
    await retention.runs.finish(id, noFigures, null);
    return;
  }
}

/** A new worker keeps messages for so long; it begins with a run where that of the one before was cut. */
async function keepFor(days: number, cutAfter: number | null): Promise<void> {
  if (cutAfter !== null) await expire(cutAfter);
  clock.days = days;
  if (cutAfter !== null) await expire();
}

const zones = [
  ...['UTC', 'Asia/Shanghai', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe'],
  ...['Europe/Berlin', 'America/New_York', 'America/Havana', 'America/St_Johns'],
];

const question = fc.record({
  from: fc.option(moment),
  to: fc.option(moment),
  timeZone: fc.constantFrom(...zones),
  interval: fc.constantFrom<StatisticsQuery['interval']>('hour', 'day', 'week'),
});

const recount = (query: StatisticsQuery): Promise<Statistics> => recountStored(test, clock, query);

describe('statistics', () => {
  it(
    'equal a recount of every message, whatever came late, was counted, has expired, or is kept for longer now',
    async () => {
      await fc.assert(
        fc.asyncProperty(step, question, async (one, { from, to, ...rest }) => {
          await take(one);
          const nowAt = maxDays * 24 * hourMs;
          const [first, last] = [from ?? 0, to ?? nowAt].sort((a, b) => a - b);
          if (momentAt(last!) <= clock.cutoff() || first === last) return;
          const query = {
            ...rest,
            ...(from === null && first === 0 ? {} : { from: momentAt(first!) }),
            ...(to === null && last === nowAt ? {} : { to: momentAt(last!) }),
          };
          expectEqual(await statistics.summarize(query), await recount(query));
        }),
        { numRuns, endOnFailure: true },
      );
    },
    120_000 + numRuns * 500,
  );

  it('equal a recount when every quarter is counted, before and after a retention run', async () => {
    const everything = { timeZone: 'Asia/Shanghai', interval: 'day' } as const;
    await say(fc.sample(said, 200));
    await count();
    expectEqual(await statistics.summarize(everything), await recount(everything));
    clock.time += 36 * hourMs + 1;
    expectEqual(await statistics.summarize(everything), await recount(everything));
    await expire();
    expectEqual(await statistics.summarize(everything), await recount(everything));
    await count();
    expectEqual(await statistics.summarize(everything), await recount(everything));
  }, 120_000);
});
