import { openDatabase } from '../../test/history.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import type { Database } from '../database.js';
import { TooManyIntervalsError, UnknownTimeZoneError } from '../message-store.errors.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { MessageStatistics, type StatisticsQuery } from './message-statistics.js';

const now = new Date('2026-11-20T12:00:00Z');

let test: TestDatabase;
let database: Database;
let statistics: MessageStatistics;

beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  statistics = new MessageStatistics(database, new StoppedClock(now));
  await test.query(`
    select make_chat_messages_partition(day::date)
    from generate_series(date '2026-10-01', date '2026-11-21', '1 day') as day`);
  await test.query(`
    insert into chat_messages (session_name, created_at, id, role, content, status, response_time_ms)
    select session_name, created_at::timestamptz, gen_random_uuid(), role, 'x', 'complete', response_time_ms
    from (values
      ('expired', '2026-10-21T11:59:59.999Z', 'user', null),
      ('a', '2026-10-21T12:00:00Z', 'user', null),
      ('a', '2026-11-01T15:59:59.999Z', 'user', null),
      ('a', '2026-11-01T16:00:00Z', 'assistant', 100),
      ('b', '2026-11-01T16:00:00Z', 'assistant', 301),
      ('b', '2026-11-02T00:00:00Z', 'agent', null)
    ) as message (session_name, created_at, role, response_time_ms)`);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

const startOf = ({ start }: { start: Date }) => start.toISOString();

function summarize(query: Partial<StatisticsQuery>) {
  return statistics.summarize({ timeZone: 'UTC', interval: 'day', ...query });
}

describe('statistics', () => {
  it('count everything that is kept, by role, session and response time', async () => {
    expect(await summarize({})).toMatchObject({
      from: new Date('2026-10-21T12:00:00Z'),
      to: now,
      sessions: 2,
      messages: 5,
      byRole: { user: 2, assistant: 2, agent: 1 },
      responseTimeMs: { count: 2, mean: 200.5 },
    });
  });

  it('leave out what is past its retention, however early the range begins', async () => {
    const all = await summarize({ from: new Date('2020-01-01') });
    expect(all.messages).toBe(5);
    expect(all.from).toEqual(new Date('2026-10-21T12:00:00Z'));
  });

  it('include the beginning of the range and not its end', async () => {
    const range = { from: new Date('2026-11-01T15:59:59.999Z'), to: new Date('2026-11-01T16:00:00Z') };
    expect(await summarize(range)).toMatchObject({ messages: 1, sessions: 1, byRole: { user: 1 } });
  });

  it('begin days at midnight of the zone that was asked for', async () => {
    const range = { from: new Date('2026-11-01'), to: new Date('2026-11-02T12:00:00Z') };
    const starts = async (timeZone: string) =>
      (await summarize({ ...range, timeZone })).series.map(({ start, user, assistant, agent }) => [
        start.toISOString(),
        { user, assistant, agent },
      ]);
    expect(await starts('UTC')).toEqual([
      ['2026-11-01T00:00:00.000Z', { user: 1, assistant: 2, agent: 0 }],
      ['2026-11-02T00:00:00.000Z', { user: 0, assistant: 0, agent: 1 }],
    ]);
    expect(await starts('Asia/Shanghai')).toEqual([
      ['2026-10-31T16:00:00.000Z', { user: 1, assistant: 0, agent: 0 }],
      ['2026-11-01T16:00:00.000Z', { user: 0, assistant: 2, agent: 1 }],
    ]);
  });

  it('begin weeks on Monday and hours on the hour', async () => {
    const from = new Date('2026-11-01');
    const weeks = (await summarize({ interval: 'week', from, to: new Date('2026-11-09') })).series;
    expect(weeks.map(({ start }) => start.toISOString())).toEqual([
      '2026-10-26T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
    const hours = (await summarize({ interval: 'hour', from, timeZone: 'Asia/Kolkata' })).series;
    expect(hours.filter(({ user, assistant, agent }) => user + assistant + agent > 0).map(startOf)).toEqual([
      '2026-11-01T15:30:00.000Z',
      '2026-11-01T23:30:00.000Z',
    ]);
  });

  it('have every interval of the range, up to now or to the last message that is ahead of it', async () => {
    const range = { from: new Date('2026-11-01T15:00:00Z'), to: new Date('2026-11-03') };
    expect((await summarize(range)).series.map(startOf)).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
    const open = { from: new Date('2026-11-19'), to: new Date('9999-12-31') };
    expect((await summarize(open)).series.map(startOf)).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
    ]);
    await test.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      values ('ahead', '2026-11-21T00:00:01Z', gen_random_uuid(), 'user', 'x', 'complete')`);
    expect((await summarize(open)).series.map(startOf)).toEqual([
      '2026-11-19T00:00:00.000Z',
      '2026-11-20T00:00:00.000Z',
      '2026-11-21T00:00:00.000Z',
    ]);
    await test.query(`delete from chat_messages where session_name = 'ahead'`);
  });

  it('stand beside those of the period of equal length before, and say when that was cut', async () => {
    const day = { from: new Date('2026-11-02'), to: new Date('2026-11-03') };
    expect((await summarize(day)).previous).toMatchObject({
      from: new Date('2026-11-01'),
      to: new Date('2026-11-02'),
      isCut: false,
      messages: 3,
      sessions: 2,
      byRole: { user: 1, assistant: 2, agent: 0 },
      responseTimeMs: { count: 2, mean: 200.5 },
    });
    const days = { from: new Date('2026-10-26'), to: new Date('2026-11-02') };
    expect((await summarize(days)).previous).toMatchObject({
      from: new Date('2026-10-21T12:00:00Z'),
      isCut: true,
      messages: 1,
    });
    expect((await summarize({})).previous).toMatchObject({ isCut: true, messages: 0 });
  });

  it('are zero for a range without messages, without a mean', async () => {
    const empty = {
      sessions: 0,
      messages: 0,
      byRole: { user: 0, assistant: 0, agent: 0 },
      responseTimeMs: { count: 0, mean: null, p50: null, p90: null, p99: null },
    };
    expect(await summarize({ from: new Date('2026-11-10') })).toMatchObject(empty);
    const past = { from: new Date('2020-01-01'), to: new Date('2020-02-01') };
    expect(await summarize(past)).toMatchObject({ ...empty, series: [] });
  });

  it('refuse more intervals than a chart can show, counted up to the latest possible message', async () => {
    const year = new MessageStatistics(database, new StoppedClock(now, 365));
    const hours = { timeZone: 'UTC', interval: 'hour' } as const;
    await expect(year.summarize(hours)).rejects.toThrow(TooManyIntervalsError);
    const open = { ...hours, from: new Date('2026-11-01'), to: new Date('9999-12-31') };
    expect((await year.summarize(open)).messages).toBe(4);
  });

  it('refuse a zone that PostgreSQL does not know', async () => {
    await expect(summarize({ timeZone: 'Mars/Olympus' })).rejects.toThrow(UnknownTimeZoneError);
  });
});
