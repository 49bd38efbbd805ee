import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { ExportTimeoutError, StoreUnavailableError, TooManyExportsError } from '../message-store.errors.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { openAnswerProxy } from '../../test/answer-proxy.js';
import { streamedExport, type ExportBounds } from './export-bounds.js';
import type { ExportedMessage } from './exported-message.js';
import { MessageStream, type MessageSelection } from './message-stream.js';

const messages = 3_000;
const applicationName = 'export-spec';
const retentionDays = 30;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`
    select make_chat_messages_partition((now() - n * interval '1 day')::date) from generate_series(-1, 33) as n`);
  // Three sessions over more than the retention.
  await database.query(
    `insert into chat_messages (session_name, created_at, id, role, content, status, agent_id)
     select 'session ' || n % 3, date_trunc('milliseconds', now()) - n * interval '15 minutes', gen_random_uuid(),
            (array['user', 'assistant', 'agent'])[1 + n % 3],
            case when n % 100 = 7 then '我要退款，谢谢 ORD-' || n else 'message ' || n end,
            case when n % 10 = 0 then 'interrupted' else 'complete' end,
            case when n % 3 = 2 then 'agent-1' end
     from generate_series(1, $1) as n`,
    [messages],
  );
  // The index could not read them.
  await database.query(`update chat_messages set content_tsv = null where content like 'message %50'`);
});
afterAll(() => database.drop());

/** Exports of a service, each with these bounds. */
function streamWith(bounds: Partial<ExportBounds> = {}, url = database.url) {
  const stream = new MessageStream({ url, applicationName }, new RetentionClock(retentionDays));
  return {
    async open(
      filter: MessageSelection['filter'],
      signal: AbortSignal,
      order: MessageSelection['order'] = 'time',
    ): Promise<Readable> {
      const selection = { filter, order, withMetadata: false };
      return (await stream.open(selection, signal, { ...streamedExport, ...bounds })).messages;
    },
  };
}

/** A role whose every look at a message takes PostgreSQL some milliseconds of work. */
class SlowReader {
  private constructor(private readonly name: string) {}

  static async create(): Promise<SlowReader> {
    const name = `slow_reader_${randomUUID().replaceAll('-', '')}`;
    await database.query(`create role ${name} login password 'slow'`);
    await database.query(`grant select on chat_messages to ${name}`);
    await database.query(
      `create policy slow on chat_messages using (md5(repeat(random()::text, 200000)) <> '')`,
    );
    await database.query('alter table chat_messages enable row level security');
    return new SlowReader(name);
  }

  get url(): string {
    return Object.assign(new URL(database.url), { username: this.name, password: 'slow' }).href;
  }

  async drop(): Promise<void> {
    await database.query('alter table chat_messages disable row level security');
    await database.query('drop policy slow on chat_messages');
    await database.query(`drop owned by ${this.name}`);
    await database.query(`drop role ${this.name}`);
  }
}

const never = new AbortController().signal;

/** An ErrorResponse of PostgreSQL: its severity and the code of a server that is shutting down. */
const failure = Buffer.from('E\0\0\0\x13SFATAL\0C57P01\0\0', 'latin1');

async function expected(condition = 'true'): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select id from chat_messages where created_at >= now() - $1 * interval '24 hours' and ${condition}
     order by created_at, id`,
    [retentionDays],
  );
  return rows.map(({ id }) => id);
}

async function idsOf(stream: Readable): Promise<string[]> {
  return ((await stream.toArray()) as ExportedMessage[]).map(({ id }) => id);
}

/** Resolves when PostgreSQL runs no export of ours any more. */
async function untilNoneRuns(): Promise<void> {
  for (;;) {
    const running = await database.query('select from pg_stat_activity where application_name = $1', [
      applicationName,
    ]);
    if (running.length === 0) return;
  }
}
afterEach(untilNoneRuns);

describe('an export', () => {
  it('has every kept message once, in order, and none past its retention', async () => {
    const ids = await idsOf(await streamWith().open({}, never));
    const kept = await expected();
    expect(kept.length).toBeLessThan(messages);
    expect(ids).toEqual(kept);
  });

  it('reads times alike in a database with a time zone and a date style of its own', async () => {
    const setting = (action: string) =>
      database.query(`do $$ begin execute format('alter database %I ${action}', current_database()); end $$`);
    const exported = async () => (await streamWith().open({}, never)).toArray();
    const before = await exported();
    await setting(`set datestyle = ''SQL, DMY''`);
    await setting(`set timezone = ''Asia/Kathmandu''`);
    try {
      expect(await exported()).toEqual(before);
    } finally {
      await setting('reset all');
    }
  });

  it.each([
    [{ sessionName: 'session 1' }, `session_name = 'session 1'`],
    [{ role: 'agent', agentId: 'agent-1' }, `role = 'agent'`],
    [{ status: 'interrupted' }, `status = 'interrupted'`],
    [{ q: '退款' }, `content like '%退款%'`],
    [{ q: 'ORD-107 or "ord-207"' }, `content ~ 'ORD-(107|207)$'`],
    [{ q: '-message' }, `(content like '%退款%' or content like '%50')`],
    [{ q: '-退款' }, `content like 'message %'`],
    [{ q: 'message' }, `content like 'message %' and content not like '%50'`],
    [{ q: ' -- ' }, 'false'],
    [{ sessionName: "x' or true --" }, 'false'],
  ] as const)('has only what the filter %j asks for', async (filter, condition) => {
    expect(await idsOf(await streamWith().open(filter, never))).toEqual(await expected(condition));
  });

  it('includes the beginning of its range and not the end', async () => {
    const rows = await database.query<{ created_at: Date }>(
      `select created_at from chat_messages order by created_at desc limit 50`,
    );
    const [to, from] = [rows[10]!.created_at, rows[20]!.created_at];
    const stream = await streamWith().open({ from, to }, never);
    const times = ((await stream.toArray()) as ExportedMessage[]).map(({ created_at }) => created_at);
    expect(times).toHaveLength(10);
    expect(times[0]).toBe(from.toISOString());
  });

  it('is one snapshot, whatever is written, deleted or detached meanwhile', async () => {
    const before = await expected();
    const stream = await streamWith().open({}, never);
    await once(stream, 'readable');
    await database.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      select 'new', now(), gen_random_uuid(), 'user', 'new', 'complete' from generate_series(1, 10)`);
    await database.query(`delete from chat_messages where session_name = 'new' or content = 'message 500'`);
    await database.query(`set lock_timeout = '200ms'`);
    await expect(
      database.query(`alter table chat_messages detach partition chat_messages_p${today()}`),
    ).rejects.toThrow('lock timeout');
    expect(await idsOf(stream)).toEqual(before);
  });

  it.each(['chat_messages', `chat_messages_p${today()}`])(
    'is refused for the moment while %s is locked',
    async (table) => {
      await database.query('begin');
      await database.query(`lock table ${table} in access exclusive mode`);
      await expect(streamWith().open({}, never)).rejects.toThrow(StoreUnavailableError);
      await database.query('rollback');
    },
  );

  it('is refused when as many run as may, and may begin when one of them has ended', async () => {
    const exports = streamWith({ maxAtOnce: 2 });
    const running = await Promise.all([exports.open({}, never), exports.open({}, never)]);
    await expect(exports.open({}, never)).rejects.toThrow(TooManyExportsError);
    const ended = once(running[0]!, 'close');
    running[0]!.destroy();
    await ended;
    await idsOf(await exports.open({}, never));
    running[1]!.destroy();
  });

  it('ends its query when nobody reads any more', async () => {
    const gone = new AbortController();
    const stream = await streamWith().open({}, gone.signal);
    const failed = once(stream, 'error');
    gone.abort();
    stream.resume();
    expect((await failed)[0]).toBeInstanceOf(StoreUnavailableError);
    await untilNoneRuns();
  });

  it('ends its query within 2 s when nobody waits any more while PostgreSQL still counts', async () => {
    const reader = await SlowReader.create();
    try {
      const gone = new AbortController();
      const opening = failureOf(() => streamWith({}, reader.url).open({}, gone.signal));
      const counts = `select from pg_stat_activity
        where datname = current_database() and application_name = $1 and state = 'active' and query like '%count(*)%'`;
      while ((await database.query(counts, [applicationName])).length === 0);
      const goneAtMs = performance.now();
      gone.abort();
      expect(await opening).toBeInstanceOf(StoreUnavailableError);
      await untilNoneRuns();
      expect(performance.now() - goneAtMs).toBeLessThan(2_000);
    } finally {
      await reader.drop();
    }
  });

  it('ends when it stands still, with an error that says so', async () => {
    const error = await failureOf(() => streamWith({ maxStallMs: 50 }).open({}, never));
    expect(error).toBeInstanceOf(ExportTimeoutError);
    expect(error.message).toContain('stood still');
  });

  it('ends when its time is over, with an error that says so', async () => {
    const error = await failureOf(() => streamWith({ maxDurationMs: 50 }).open({}, never));
    expect(error).toBeInstanceOf(ExportTimeoutError);
    expect(error.message).toContain('longer than 50 ms');
  });

  it('fails while it runs when the database ends its connection', async () => {
    const stream = await streamWith().open({}, never);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = $1`,
      [applicationName],
    );
    await expect(stream.toArray()).rejects.toThrow(StoreUnavailableError);
  });

  it('goes on when every answer of the database comes by itself', async () => {
    const proxy = await openAnswerProxy(database.url, ({ bytes }) => [bytes]);
    const stream = await streamWith({ maxStallMs: 5_000 }, proxy.url).open({}, never);
    expect(await idsOf(stream)).toEqual(await expected());
    await proxy.close();
  });

  it('does not count as running when it fails with its first row', async () => {
    const proxy = await openAnswerProxy(database.url, ({ type, bytes }) => [
      type === 'D' ? Buffer.concat([bytes, failure]) : bytes,
    ]);
    const exports = streamWith({ maxAtOnce: 1 }, proxy.url);
    for (let time = 0; time < 2; time++) {
      await expect(exports.open({}, never).then((stream) => stream.toArray())).rejects.toThrow(
        StoreUnavailableError,
      );
    }
    await proxy.close();
  });

  it('is refused when there is no database, and does not count as running', async () => {
    const exports = streamWith({ maxAtOnce: 1 }, 'postgres://nobody@127.0.0.1:1/none');
    await expect(exports.open({}, never)).rejects.toThrow(StoreUnavailableError);
    await expect(exports.open({}, never)).rejects.toThrow(StoreUnavailableError);
  });
});

function today(): string {
  return new Date().toISOString().slice(0, 10).replaceAll('-', '');
}

/** Of an export that nobody reads. On a slow machine its time is over before it is open. */
async function failureOf(open: () => Promise<Readable>): Promise<Error> {
  try {
    const [error] = await once(await open(), 'error');
    return error as Error;
  } catch (error) {
    return error as Error;
  }
}
