import fc from 'fast-check';
import { messageAt, openDatabase, silent, write } from '../../test/history.js';
import { recountStatistics } from '../../test/statistics-oracle.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { openRetentionStore, type RetentionStore } from '../retention/open-retention-store.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { QuarterCounting } from '../statistics/quarter-counting.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { MessageStatistics, type Statistics, type StatisticsQuery } from './message-statistics.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const retentionDays = 4;

/**
 * Goes on as the property does, an hour a case: through a change of clocks in Australia, then in Europe, then in America.
 * It has to stay behind the real clock, by which messages are late.
 */
class SettableClock extends RetentionClock {
  time = Date.parse('2025-10-04T12:00:00Z');

  override now(): Date {
    return new Date(this.time);
  }
}

const clock = new SettableClock(retentionDays);
let test: TestDatabase;
let database: Database;
let retention: RetentionStore;
let counting: QuarterCounting;
let statistics: MessageStatistics;
let messages: Message[] = [];

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  retention = openRetentionStore({
    databaseUrl: test.url,
    retentionDays,
    applicationName: 'spec retention',
    logger: silent,
  });
  counting = new QuarterCounting(database, { retentionDays, settleMs: 0, now: () => clock.now() });
  statistics = new MessageStatistics(database, clock, 60_000);
});
afterAll(async () => {
  await retention.close();
  await database.close();
  await test.drop();
});

/** In milliseconds of the time that is kept: few quarter-hours, and within them often the same moment. */
const moment = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: retentionDays * 96 + 40 }), fc.integer({ min: 340, max: 390 })),
    fc.oneof(fc.constantFrom(0, 1, 15 * minuteMs - 1, 7 * minuteMs), fc.nat(15 * minuteMs - 1)),
  )
  .map(([quarter, within]) => quarter * 15 * minuteMs + within);

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
  const createdAt = new Date(clock.cutoff().getTime() + word.at);
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
);
type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

async function take(one: Step): Promise<void> {
  if ('say' in one) await say(one.say);
  else if ('count' in one) await count(one.count);
  else if ('passMs' in one) clock.time += one.passMs;
  else await expire();
}

async function say(words: readonly Said[]): Promise<void> {
  const batch = words.map(messageOf);
  await write(database, batch);
  messages.push(...batch);
}

async function count(limit = 10_000): Promise<void> {
  const { next } = await counting.uncounted({ limit, except: [] });
  for (const quarter of next) await counting.count(quarter);
}

async function expire(): Promise<void> {
  const steps = retention.expiredMessages.delete(clock.cutoff());
  while (!(await steps.next()).done);
  messages = messages.filter(({ createdAt }) => createdAt >= clock.cutoff());
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

async function recount(query: StatisticsQuery): Promise<Statistics> {
  const rows = await test.query<{ session_name: string; started_at: Date }>(
    'select session_name, started_at from chat_sessions',
  );
  const startedAt = new Map(rows.map((row) => [row.session_name, row.started_at]));
  return recountStatistics({ messages, startedAt, cutoff: clock.cutoff(), now: clock.now() }, query);
}

/** Percentiles are compared by themselves. */
function expectEqual(counted: Statistics, recounted: Statistics): void {
  for (const name of ['p50', 'p90', 'p99'] as const) {
    for (const [value, exact] of [
      [counted.responseTimeMs[name], recounted.responseTimeMs[name]],
      [counted.previous.responseTimeMs[name], recounted.previous.responseTimeMs[name]],
    ] as const) {
      if (value === null || exact === null) expect(value).toBe(exact);
      else expect(Math.abs(value - exact)).toBeLessThanOrEqual(exact * 0.02);
    }
  }
  expect(withoutPercentiles(counted)).toEqual(withoutPercentiles(recounted));
}

function withoutPercentiles(counted: Statistics) {
  const only = ({ count: times, mean }: Statistics['responseTimeMs']) => ({
    count: times,
    mean: mean === null ? null : Math.round(mean * 1_000),
  });
  const { previous } = counted;
  return {
    ...counted,
    responseTimeMs: only(counted.responseTimeMs),
    previous: { ...previous, responseTimeMs: only(previous.responseTimeMs) },
  };
}

describe('statistics', () => {
  it(
    'equal a recount of every message, whatever came late, was counted, or has expired',
    async () => {
      await fc.assert(
        fc.asyncProperty(step, question, async (one, { from, to, ...rest }) => {
          await take(one);
          const cutoff = clock.cutoff().getTime();
          const [first, last] = [from ?? 0, to ?? retentionDays * 24 * hourMs].sort((a, b) => a - b);
          if (first === last) return;
          const query = {
            ...rest,
            ...(from === null && first === 0 ? {} : { from: new Date(cutoff + first!) }),
            ...(to === null && last === retentionDays * 24 * hourMs ? {} : { to: new Date(cutoff + last!) }),
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
    expect(await counting.uncounted({ limit: 1, except: [] })).toMatchObject({ waiting: 0, next: [] });
    expectEqual(await statistics.summarize(everything), await recount(everything));
    clock.time += 36 * hourMs + 1;
    expectEqual(await statistics.summarize(everything), await recount(everything));
    await expire();
    expectEqual(await statistics.summarize(everything), await recount(everything));
    await count();
    expectEqual(await statistics.summarize(everything), await recount(everything));
  }, 120_000);
});
