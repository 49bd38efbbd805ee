import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createBreakableStore, type BreakableStore } from '../../test/breakable-store.js';
import { sessionsThatMiscount } from '../../test/history.js';
import { allDurable, kept, question, until } from '../../test/writing.js';
import { BufferFullError, MessageSetAsideError } from '../message-store.errors.js';
import type { TestDatabase } from '../testing.js';
import { addDays, utcDay } from '../utc-day.js';
import { MessageInserter } from './message-inserter.js';
import type { MessageWriter } from './message-writer.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

let store: BreakableStore;
let database: TestDatabase;
let writer: MessageWriter;

beforeEach(async () => {
  store = await createBreakableStore();
  ({ database } = store);
  writer = store.openWriter();
});
afterEach(() => store.drop());

describe('the message writer', () => {
  it('keeps every field as it was said and makes the session of it', async () => {
    const accepted = writer.save(
      question({
        role: 'agent',
        responseTimeMs: 1_234,
        agentId: 'a-1',
        agentName: 'Mei',
        status: 'interrupted',
        metadata: { model: 'm', 'a\0': ['\ud800'] },
      }),
    );
    await accepted.durable;
    const { message } = accepted;
    expect(await database.query('select * from chat_messages')).toEqual([
      expect.objectContaining({
        session_name: 'session',
        created_at: message.createdAt,
        id: message.id,
        role: 'agent',
        content: 'hello',
        response_time_ms: 1_234,
        agent_id: 'a-1',
        agent_name: 'Mei',
        status: 'interrupted',
        metadata: { model: 'm', 'a\ufffd': ['\ufffd'] },
      }),
    ]);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('gives back any text unchanged but for NUL and lone surrogates', async () => {
    const texts = fc.sample(fc.string({ unit: 'binary', size: 'large' }), numRuns);
    texts.push(
      "'; drop table chat_messages; --",
      '<script>alert(1)</script>',
      '😀👩‍👩‍👧‍👦',
      'x'.repeat(1_048_576),
      '\\',
      '{"a"}',
    );
    const accepted = texts.map((content) => writer.save(question({ content })));
    await allDurable(accepted);
    const expected = texts.map((text) => text.toWellFormed().replaceAll('\0', '\ufffd'));
    expect((await kept(database)).map(({ content }) => content)).toEqual(expected);
  });

  it('writes the same rows twice as once, and counts them once', async () => {
    const rows = Array.from({ length: 50 }, (_, at) => writer.save(question({ sessionName: `s${at % 3}` })));
    await allDurable(rows);
    const inserter = new MessageInserter(database);
    await inserter.insert(rows.map(({ message }) => message));
    expect(await kept(database)).toHaveLength(50);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('sets a row aside that the database refuses, with its text, and writes its neighbours', async () => {
    const neighbours = Array.from({ length: 40 }, (_, at) => writer.save(question({ content: `${at}` })));
    // No index row holds a key of this size: SQLSTATE 54000, the row's own fault.
    const incompressible = Array.from({ length: 9_000 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000)),
    );
    const refused = writer.save(question({ sessionName: incompressible.join(''), content: 'kept aside' }));
    const others = Array.from({ length: 40 }, (_, at) => writer.save(question({ content: `${at}` })));

    await expect(refused.durable).rejects.toThrow(MessageSetAsideError);
    await allDurable([...neighbours, ...others]);
    expect(await kept(database)).toHaveLength(80);
    expect(writer.state()).toMatchObject({
      setAsideTotal: 1,
      committedTotal: 80,
      lostTotal: 0,
      bufferedMessages: 0,
    });
    const file = await readFile(path.join(store.options.spoolDir, 'set-aside.jsonl'), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ message: { id: refused.message.id, content: 'kept aside' } });
    expect(JSON.stringify(store.logger.lines)).not.toContain('kept aside');
  });

  it('writes rows of several days, and makes a partition that somebody dropped', async () => {
    await writer.save(question()).durable;
    await database.query(`
      do $$ declare name text; begin
        for name in select inhrelid::regclass::text from pg_inherits where inhparent = 'chat_messages'::regclass loop
          execute 'drop table ' || name;
        end loop;
      end $$`);
    await writer.save(question({ content: 'again' })).durable;
    expect((await kept(database)).map(({ content }) => content)).toEqual(['again']);
  });

  it('goes again at once when two transactions deadlock', async () => {
    await writer.save(question({ sessionName: 'a' })).durable;
    await writer.save(question({ sessionName: 'b' })).durable;
    // Holds b and then wants a; the writer holds a and then wants b.
    await database.query('begin');
    await database.query(`select from chat_sessions where session_name = 'b' for update`);
    const both = [writer.save(question({ sessionName: 'a' })), writer.save(question({ sessionName: 'b' }))];
    await untilTrue(`select count(*) > 0 as is from pg_stat_activity where wait_event_type = 'Lock'
                     and datname = current_database()`);
    await database
      .query(`select from chat_sessions where session_name = 'a' for update`)
      .catch(() => undefined);
    await database.query('rollback');
    await allDurable(both);
    expect(writer.state()).toMatchObject({ retriesTotal: 0, committedTotal: 4 });
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('writes other sessions while one waits for a lock, and each session in its order', async () => {
    await writer.save(question({ sessionName: 'stuck' })).durable;
    await database.query('begin');
    await database.query(`select from chat_sessions where session_name = 'stuck' for update`);
    const stuck = ['one', 'two'].map((content) => writer.save(question({ sessionName: 'stuck', content })));
    await untilTrue(`select count(*) > 0 as is from pg_stat_activity where wait_event_type = 'Lock'
                     and datname = current_database()`);
    stuck.push(writer.save(question({ sessionName: 'stuck', content: 'three' })));
    for (let turn = 0; turn < 3; turn++) {
      expect(await writer.save(question({ sessionName: `free ${turn}` })).durable).toBe('committed');
    }
    expect(await kept(database)).toHaveLength(4);
    await database.query('rollback');
    expect(await allDurable(stuck)).toEqual(['committed', 'committed', 'committed']);
    expect((await kept(database)).map(({ content }) => content).slice(-3)).toEqual(['one', 'two', 'three']);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('writes fewer rows at once when they take too long, so that slow ones hold up nobody for good', async () => {
    await database.query(`
      create function pause() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.1); return new; end $$;
      create trigger pause before insert on chat_messages for each row when (new.content = 'slow') execute function pause()`);
    // As a service's, but for what it waits for: tenths of a second instead of seconds.
    const pool = { maxConnections: 3, acquireTimeoutMs: 300, statementTimeoutMs: 300, clientTimeoutMs: 400 };
    const impatient = store.openWriter({ databaseUrl: database.url }, pool);
    const slow = Array.from({ length: 12 }, () => impatient.save(question({ content: 'slow' })));
    const quick = impatient.save(question({ content: 'quick' }));
    await allDurable([...slow, quick]);
    // By way of the spool: a statement that took too long is a database that is away.
    await until(() => impatient.state().spooledMessages === 0);
    expect(await kept(database)).toHaveLength(13);
    expect(impatient.state().retriesTotal).toBeGreaterThan(0);
  });

  it('writes the messages of today while the partitions ahead cannot be made', async () => {
    await writer.save(question()).durable;
    await untilTrue(`select count(*) = 3 as is from pg_inherits where inhparent = 'chat_messages'::regclass`);
    const ahead = `chat_messages_p${addDays(utcDay(new Date()), 2).replaceAll('-', '')}`;
    await database.query(`drop table ${ahead}`);
    await database.query('begin');
    // What ANALYZE, VACUUM and CREATE INDEX CONCURRENTLY take as well.
    await database.query('lock table chat_messages in share update exclusive mode');
    const other = store.openWriter();
    await other.save(question()).durable;
    expect(other.state().retriesTotal).toBe(0);
    await database.query('rollback');
    expect(await kept(database)).toHaveLength(2);
  });

  it.each(['content', 'metadata'])(
    'refuses what passes the bound of its buffer by its %s, and says so once',
    async (part) => {
      store.proxy.become('refuse');
      const megabyte = 'x'.repeat(1_048_000);
      const large = part === 'content' ? { content: megabyte } : { metadata: { megabyte } };
      const accepted = Array.from({ length: 131 }, () => writer.save(question(large)));
      const last = accepted.slice(-2).map(({ durable }) => durable);
      await Promise.all(last.map((durable) => expect(durable).rejects.toThrow(BufferFullError)));
      expect(writer.state().lostTotal).toBeGreaterThanOrEqual(2);
      expect(store.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    },
  );
});

describe('two writers', () => {
  it('may write the same sessions at once', async () => {
    const other = store.openWriter();
    const accepted = Array.from({ length: 3_000 }, (_, at) =>
      (at % 2 ? writer : other).save(question({ sessionName: `s${(at * 7) % 50}` })),
    );
    await allDurable(accepted);
    expect(await kept(database)).toHaveLength(3_000);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });
});

async function untilTrue(sql: string): Promise<void> {
  const watcher = await createWatcher();
  while (!(await watcher.isTrue(sql))) await new Promise((resolve) => setTimeout(resolve, 10));
  await watcher.end();
}

async function createWatcher() {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: database.url });
  await client.connect();
  return {
    isTrue: async (sql: string) => (await client.query<{ is: boolean }>(sql)).rows[0]?.is === true,
    end: () => client.end(),
  };
}
