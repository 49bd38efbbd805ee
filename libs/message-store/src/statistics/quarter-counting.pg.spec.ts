import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { messageAt, openDatabase, someoneWaits, write } from '../../test/history.js';
import { recountStatistics } from '../../test/statistics-oracle.js';
import type { Database } from '../database.js';
import type { Message } from '../message.js';
import { ReadCancelledError } from '../message-store.errors.js';
import { MessageStatistics, type Statistics } from '../read/message-statistics.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { MessageInserter } from '../write/message-inserter.js';
import { ExpiredQuarters } from './expired-quarters.js';
import { QuarterCounting } from './quarter-counting.js';

const quarterMs = 900_000;
const dayMs = 96 * quarterMs;
/** Midnight, some days ago: all of its day is closed. */
const midnight = Math.floor(Date.now() / dayMs) * dayMs - 3 * dayMs;
const at = (quarter: number, ms = 0) => new Date(midnight + quarter * quarterMs + ms);
/** When the time is, for a counting, some quarters after midnight. */
const whenItIs = (quarters: number, ms = 0) => ({ now: () => at(quarters, ms) });

let test: TestDatabase;
let database: Database;
beforeEach(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url, { maxConnections: 8 });
});
afterEach(async () => {
  await database.close();
  await test.drop();
});

function counting(options: { now?: () => Date; settleMs?: number; retentionDays?: number } = {}) {
  return new QuarterCounting(database, { retentionDays: 30, settleMs: 0, ...options });
}

const all = { limit: 10_000, except: [] };

async function countAll(quarters = counting(whenItIs(96, 300_000))): Promise<Date[]> {
  const counted: Date[] = [];
  for (const quarter of (await quarters.uncounted(all)).next)
    if (await quarters.count(quarter)) counted.push(quarter);
  return counted;
}

async function marks(): Promise<Date[]> {
  const rows = await test.query<{ quarter_start: Date }>(
    'select distinct quarter_start from statistics_marks order by quarter_start',
  );
  return rows.map((row) => row.quarter_start);
}

async function statistics(): Promise<Statistics> {
  const asked = { timeZone: 'UTC', interval: 'day', from: at(0), to: at(96) } as const;
  return new MessageStatistics(database, new RetentionClock(30), 60_000).summarize(asked);
}

async function expectRecount(messages: readonly Message[]): Promise<void> {
  const rows = await test.query<{ session_name: string; started_at: Date }>('select * from chat_sessions');
  const recount = recountStatistics(
    {
      messages,
      startedAt: new Map(rows.map((row) => [row.session_name, row.started_at])),
      cutoff: new Date(0),
      now: new Date(),
    },
    { timeZone: 'UTC', interval: 'day', from: at(0), to: at(96) },
  );
  expect(await statistics()).toEqual(recount);
}

describe('counting quarter-hours', () => {
  it('begins with the first message and ends with the quarter that closed five minutes after its end', async () => {
    await write(database, [messageAt(at(2, 5), 'a'), messageAt(at(7), 'a')]);
    expect(await countAll(counting(whenItIs(5, 299_999)))).toEqual([at(2), at(3)]);
    expect(await countAll(counting(whenItIs(5, 300_000)))).toEqual([at(4)]);
  });

  it('begins with the first quarter that is wholly kept', async () => {
    await write(database, [messageAt(at(2), 'a')]);
    const inADay = { ...whenItIs(96 + 4, 1), retentionDays: 1 };
    expect((await countAll(counting(inADay)))[0]).toEqual(at(5));
  });

  it('of a history without messages counts none', async () => {
    expect(await countAll()).toEqual([]);
    expect(await counting().uncounted(all)).toEqual({ waiting: 0, marked: 0, oldest: undefined, next: [] });
  });

  it('says how many wait, how many are marked, which is the oldest, and which are next', async () => {
    await write(database, [messageAt(at(2), 'a'), messageAt(at(4), 'b')]);
    const quarters = counting(whenItIs(6, 300_000));
    const waiting = { waiting: 4, marked: 2, oldest: at(2) };
    expect(await quarters.uncounted(all)).toEqual({ ...waiting, next: [at(2), at(3), at(4), at(5)] });
    const someNext = { limit: 2, except: [at(2), at(4)] };
    expect(await quarters.uncounted(someNext)).toEqual({ ...waiting, next: [at(3), at(5)] });
    await countAll(quarters);
    expect(await quarters.uncounted(all)).toEqual({ waiting: 0, marked: 0, oldest: undefined, next: [] });
  });

  it('leaves a marked quarter until nobody has marked it for a while', async () => {
    await write(database, [messageAt(at(2), 'a')]);
    await countAll();
    await write(database, [messageAt(at(2), 'a', 'assistant')]);
    expect(await countAll(counting({ ...whenItIs(96), settleMs: 60_000 }))).toEqual([]);
    expect(await countAll(counting(whenItIs(96)))).toEqual([at(2)]);
  });

  it('leaves a quarter that was marked since it was found', async () => {
    await write(database, [messageAt(at(2), 'a')]);
    await countAll();
    await write(database, [messageAt(at(2), 'a', 'assistant')]);
    expect(await counting({ settleMs: 60_000 }).count(at(2))).toBe(false);
    expect(await marks()).toEqual([at(2)]);
  });

  it('leaves a quarter that was counted since it was found', async () => {
    await write(database, [messageAt(at(2), 'a')]);
    expect(await counting().count(at(2))).toBe(true);
    expect(await counting().count(at(2))).toBe(false);
  });
});

describe('a message that comes late', () => {
  it('marks its quarter and those in which its session goes on, and no other', async () => {
    await write(database, [
      messageAt(at(2), 'a'),
      messageAt(at(4), 'b', 'assistant'),
      { ...messageAt(at(20), 'a', 'assistant'), status: 'interrupted' },
      messageAt(at(30), 'a', 'user'),
      messageAt(at(40), 'a', 'agent'),
      messageAt(at(50), 'a', 'agent'),
    ]);
    await countAll();
    expect(await marks()).toEqual([]);
    await write(database, [messageAt(at(10), 'a')]);
    expect(await marks()).toEqual([at(10), at(20), at(30), at(40)]);
  });

  it('marks a quarter once, for however many reasons its batch changes it', async () => {
    const said = [messageAt(at(2), 'a'), messageAt(at(3), 'a', 'agent'), messageAt(at(3), 'b', 'assistant')];
    await write(database, said);
    expect(await test.query('select quarter_start from statistics_marks order by 1')).toEqual([
      { quarter_start: at(2) },
      { quarter_start: at(3) },
    ]);
  });

  it('marks nothing when it was there already', async () => {
    const message = messageAt(at(2), 'a');
    await write(database, [message, messageAt(at(3), 'a')]);
    await countAll();
    await write(database, [message]);
    expect(await marks()).toEqual([]);
  });

  it('marks also a quarter in which its session goes on weeks later', async () => {
    const later = new Date(midnight - 20 * dayMs);
    await write(database, [messageAt(later, 'a'), messageAt(at(50), 'a', 'agent')]);
    await test.query('truncate statistics_marks');
    const yetEarlier = new Date(later.getTime() - dayMs);
    await write(database, [messageAt(yetEarlier, 'a', 'agent')]);
    expect(await marks()).toEqual([yetEarlier, later, at(50)]);
  });

  it('said just now marks nothing', async () => {
    await write(database, [messageAt(new Date(), 'a')]);
    expect(await marks()).toEqual([]);
  });

  it('does not wait for another one of its quarter', async () => {
    await write(database, [messageAt(at(2), 'a')]);
    await countAll();
    await database.transaction(async (transaction) => {
      await new MessageInserter(transaction).insert([messageAt(at(2, 1), 'b')]);
      await new MessageInserter(database).insert([messageAt(at(2, 2), 'c')]);
    });
    expect(await test.query('select from statistics_marks')).toHaveLength(2);
  });
});

describe('a counting that is cut', () => {
  /** Holds a counting up in its last step. */
  let holder: Client;
  beforeEach(async () => {
    await write(database, [messageAt(at(2), 'a'), messageAt(at(3), 'b')]);
    holder = new Client({ connectionString: test.url });
    await holder.connect();
  });
  afterEach(() => holder.end());

  async function whileItIsHeld(during: () => Promise<unknown>): Promise<void> {
    await holder.query('begin');
    await holder.query('lock table statistics_days in access exclusive mode');
    await during();
    await holder.query('rollback');
  }

  const lastStep = '%delete from statistics_days%';

  it('loses no mark and leaves what was kept before', async () => {
    const late = messageAt(at(2, 1), 'a', 'assistant');
    const messages = [messageAt(at(2), 'a'), messageAt(at(3), 'b'), late];
    await countAll();
    await write(database, [late]);
    await whileItIsHeld(async () => {
      const cut = countAll().catch((error: unknown) => error);
      await someoneWaits(test, lastStep);
      await test.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock' and query like $1`,
        [lastStep],
      );
      expect(await cut).toBeInstanceOf(Error);
    });
    expect(await marks()).toEqual([at(2)]);
    await expectRecount(messages);
    expect(await countAll()).toEqual([at(2)]);
    await expectRecount(messages);
  });

  it('ends at once when nobody wants it any more, and has done nothing', async () => {
    const stop = new AbortController();
    await whileItIsHeld(async () => {
      const cut = counting().count(at(2), stop.signal);
      await someoneWaits(test, lastStep);
      stop.abort();
      await expect(cut).rejects.toThrow(ReadCancelledError);
    });
    expect(await marks()).toEqual([at(2), at(3)]);
    expect(await test.query('select from statistics_quarters')).toEqual([]);
    await expect(counting().uncounted(all, stop.signal)).rejects.toThrow(ReadCancelledError);
  });

  it('is no hindrance to another one: only one counts at a time', async () => {
    let first: Promise<boolean> | undefined;
    await whileItIsHeld(async () => {
      first = counting().count(at(2));
      await someoneWaits(test, lastStep);
      expect(await counting().count(at(3))).toBe(false);
    });
    expect(await first).toBe(true);
  });
});

describe('figures that are kept', () => {
  it('of a day that is complete are kept as one, until one of its quarters is counted again', async () => {
    const messages = Array.from({ length: 400 }, (_, n) => ({
      ...messageAt(at(n % 96, n), `s${n % 50}`, n % 3 === 0 ? 'agent' : 'assistant'),
      responseTimeMs: 1 + n ** 2,
      agentId: n % 3 === 0 ? `agent ${n % 4}` : null,
      agentName: n % 3 === 0 ? `Agent ${n}` : null,
    })) as Message[];
    await write(database, [...messages, messageAt(at(96), 'later')]);
    await countAll();
    expect(await test.query('select day_start from statistics_days')).toEqual([{ day_start: at(0) }]);
    // So that it is seen that the day is read, and not its quarters.
    await test.query(
      `update statistics_quarters set agents = '[]', response_buckets = '{}', response_counts = '{}'`,
    );
    const { byAgent, responseTimeMs } = await statistics();
    expect(byAgent.reduce((sum, agent) => sum + agent.messages, 0)).toBe(134);
    expect(responseTimeMs.p50).toBeGreaterThan(1);
    await write(database, [messageAt(at(5), 'late')]);
    await test.query('delete from statistics_quarters where quarter_start = $1', [at(7)]);
    await countAll();
    expect(await test.query('select day_start from statistics_days')).toHaveLength(1);
  });

  it('go with the quarters that expire', async () => {
    await write(database, [messageAt(at(0), 'a'), messageAt(at(97), 'a')]);
    await countAll();
    await write(database, [messageAt(at(1), 'a')]);
    await new ExpiredQuarters(database).delete(at(90, 1));
    expect(await test.query('select min(quarter_start) as first from statistics_quarters')).toEqual([
      { first: at(91) },
    ]);
    expect(await test.query('select from statistics_days')).toEqual([]);
    expect(await marks()).toEqual([at(97)]);
  });
});

describe('late messages, counting and readers at once', () => {
  it('show every reader a whole number of batches, and end equal to a recount', async () => {
    const sessions = Array.from({ length: 12 }, (_, n) => `s${n}`);
    const messages: Message[] = sessions.map((name) => messageAt(at(1), name));
    await write(database, messages);
    let isWriting = true;
    const writers = [0, 1, 2].map(async (writer) => {
      for (let turn = 0; turn < 25; turn++) {
        // Two of each batch's twelve messages in each of six quarters, of every session one.
        const batch = sessions.map((name, n) =>
          messageAt(
            at(2 + ((n + turn * 5) % 6) * 9, turn * 100 + writer * 10),
            name,
            (['user', 'assistant', 'agent'] as const)[(turn + n + writer) % 3],
          ),
        );
        messages.push(...batch);
        await write(database, batch);
      }
    });
    const written = Promise.all(writers).then(() => (isWriting = false));
    const count = async () => {
      // As in life: longer than any of these statements.
      while (isWriting) {
        await countAll(counting({ ...whenItIs(96), settleMs: 300 }));
        await delay(5);
      }
    };
    const read = async () => {
      while (isWriting) expect((await statistics()).messages % sessions.length).toBe(0);
    };
    await Promise.all([written, count(), read()]);
    await expectRecount(messages);
    await countAll();
    expect(await marks()).toEqual([]);
    await expectRecount(messages);
  }, 120_000);
});
