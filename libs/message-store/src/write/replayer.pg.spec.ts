import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { v7 as uuidV7 } from 'uuid';
import { createBreakableStore, type BreakableStore } from '../../test/breakable-store.js';
import { sessionsThatMiscount } from '../../test/history.js';
import { startSpoolProcess } from '../../test/spool-process.js';
import { allDurable, kept, question, until } from '../../test/writing.js';
import type { TestDatabase } from '../testing.js';
import { acceptedMessage } from './accepted-message.js';
import { newMessageId } from './message-id.js';

const dayMs = 86_400_000;

let store: BreakableStore;
let database: TestDatabase;

beforeEach(async () => {
  store = await createBreakableStore();
  ({ database } = store);
});
afterEach(() => store.drop());

function spooled(content: string, createdAt?: Date) {
  const id = createdAt ? uuidV7({ msecs: createdAt.getTime() }) : newMessageId();
  const message = acceptedMessage(question({ content, id }));
  return { message, bytes: content.length };
}

/** Leaves the messages in the spool of a process that was killed. */
async function leave(...messages: ReturnType<typeof spooled>[]): Promise<void> {
  await (await startSpoolProcess(store.options.spoolDir, messages)).kill();
}

/** Changes the file of a spool that nobody holds. */
async function inSpoolFile(sql: string): Promise<void> {
  const [name = ''] = (await readdir(store.options.spoolDir)).filter((file) => file.endsWith('.sqlite'));
  const spool = new DatabaseSync(path.join(store.options.spoolDir, name));
  spool.exec(sql);
  spool.close();
}

const contents = async () => (await kept(database)).map(({ content }) => content);

/** One object a line of the file of what was set aside. */
async function setAside(): Promise<{ message: unknown; reason: string }[]> {
  const file = await readFile(path.join(store.options.spoolDir, 'set-aside.jsonl'), 'utf8');
  return file
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('what a killed process left in its spool', () => {
  it('is in the database after the next start, once', async () => {
    await leave(spooled('a'), spooled('b'), spooled('c'));
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().replayedTotal === 3);
    expect(await contents()).toEqual(['a', 'b', 'c']);
    expect(await sessionsThatMiscount(database)).toEqual([]);
    expect(writer.state()).toMatchObject({ spooledMessages: 0, spoolBytes: 0, committedTotal: 0 });
  });

  it('waits while the database is away, and is there when both are back', async () => {
    store.proxy.become('refuse');
    await leave(spooled('a'));
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().retriesTotal > 1);
    expect(writer.state()).toMatchObject({ spooledMessages: 1, databaseIsUp: false });
    store.proxy.become('pass');
    await until(() => writer.state().replayedTotal === 1);
    expect(await contents()).toEqual(['a']);
  });

  it('may be in the database already: a replay counts nothing twice', async () => {
    const messages = [spooled('a'), spooled('b')];
    const writer = store.openWriter();
    await allDurable(messages.map(({ message }) => writer.save(question({ id: message.id }))));
    await writer.drain(0);
    await leave(...messages);
    const next = store.openWriter();
    next.start();
    await until(() => next.state().spooledMessages === 0 && next.state().replayedTotal === 2);
    expect(await kept(database)).toHaveLength(2);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('is stored once when two writers start on it at once', async () => {
    await Promise.all(
      Array.from({ length: 4 }, (_, at) => leave(...Array.from({ length: 50 }, () => spooled(`${at}`)))),
    );
    const writers = [store.openWriter(), store.openWriter()];
    for (const writer of writers) writer.start();
    await until(() => writers.reduce((sum, writer) => sum + writer.state().replayedTotal, 0) === 200);
    expect(await contents()).toHaveLength(200);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });
});

describe('a replay', () => {
  it('goes from the oldest to the newest, and no faster than 2,000 a second', async () => {
    const nowMs = Date.now();
    const messages = Array.from({ length: 1_000 }, (_, at) => spooled(`${at}`, new Date(nowMs - 1_000 + at)));
    await leave(...messages.toReversed());
    await database.query('create table arrivals (number serial, content text)');
    await database.query(`
      create function note_arrival() returns trigger language plpgsql as
        $$ begin insert into arrivals (content) values (new.content); return new; end $$;
      create trigger note_arrival before insert on chat_messages for each row execute function note_arrival()`);
    const writer = store.openWriter();
    const startedAtMs = performance.now();
    writer.start();
    await until(() => writer.state().replayedTotal === 1_000);
    expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(400);
    const arrivals = await database.query('select content from arrivals order by number');
    expect(arrivals.map(({ content }) => content)).toEqual(messages.map(({ message }) => message.content));
  });

  it('drops what is past its retention by now, and counts it', async () => {
    const old = Array.from({ length: 3 }, () => spooled('old', new Date(Date.now() - 30 * dayMs - 1)));
    await leave(...old, spooled('new'));
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().replayedTotal === 1);
    expect(await contents()).toEqual(['new']);
    expect(writer.state()).toMatchObject({ expiredTotal: 3, spooledMessages: 0, setAsideTotal: 0 });
  });

  it('sets aside what is dated more than two days ahead, or refused for its own fault', async () => {
    // No index row holds a key of this size: SQLSTATE 54000.
    const name = Array.from({ length: 9_000 }, (_, at) =>
      String.fromCodePoint(0x4e00 + ((at * 7_919) % 20_000)),
    );
    const refused = spooled('refused');
    await leave(
      spooled('good'),
      spooled('ahead', new Date(Date.now() + 4 * dayMs)),
      { ...refused, message: { ...refused.message, sessionName: name.join('') } },
      spooled('good too'),
    );
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().spooledMessages === 0 && writer.state().setAsideTotal === 2);
    expect(await contents()).toEqual(['good', 'good too']);
    expect(await setAside()).toEqual([
      expect.objectContaining({ message: expect.objectContaining({ content: 'refused' }) }),
      expect.objectContaining({ message: expect.objectContaining({ content: 'ahead' }) }),
    ]);
    expect(JSON.stringify(store.logger.lines)).not.toMatch(/"ahead"|"refused"/);
  });

  it('sets aside what is no message, and goes on', async () => {
    await leave(spooled('good'));
    await inSpoolFile(`insert into messages values ('0', 'broken {', 8), ('1', 'null', 4)`);
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().spooledMessages === 0 && writer.state().replayedTotal === 1);
    expect(await contents()).toEqual(['good']);
    expect((await setAside()).map(({ message }) => message)).toEqual(['broken {', 'null']);
  });

  it('goes on behind a message that the database does not take though nobody is to blame, and takes it later', async () => {
    const nowMs = Date.now() - 1_000;
    await leave(...['a', 'poison', 'b', 'c'].map((content, at) => spooled(content, new Date(nowMs + at))));
    await database.query(`
      create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'not now' using errcode = 'XX000'; end $$;
      create trigger refuse before insert on chat_messages for each row when (new.content = 'poison')
        execute function refuse()`);
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().replayedTotal === 3);
    expect(await contents()).toEqual(['a', 'b', 'c']);
    const { retriesTotal } = writer.state();
    // However often it is tried: the database is there for everybody else.
    while (writer.state().retriesTotal < retriesTotal + 2) {
      expect(await writer.save(question({ sessionName: 'live' })).durable).toBe('committed');
    }
    expect(store.logger.lines.map(({ level }) => level)).toEqual(['info', 'error']);
    await database.query('drop trigger refuse on chat_messages');
    await until(() => writer.state().spooledMessages === 0);
    const stored = (await contents()).filter((content) => content !== 'hello');
    expect(stored).toEqual(['a', 'poison', 'b', 'c']);
  });

  it('comes to the last message although the disk takes no removal, as a full one does not', async () => {
    const old = spooled('old', new Date(Date.now() - 30 * dayMs - 1));
    await leave(old, ...Array.from({ length: 450 }, (_, at) => spooled(`${at}`)));
    await inSpoolFile(`
      create trigger full before delete on messages begin select raise(abort, 'no room'); end`);
    const writer = store.openWriter();
    writer.start();
    await until(async () => (await contents()).length === 450);
    expect(writer.state()).toMatchObject({ spooledMessages: 451, expiredTotal: 0 });
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('lets live messages through meanwhile', async () => {
    await leave(...Array.from({ length: 1_000 }, (_, at) => spooled(`${at}`)));
    const writer = store.openWriter();
    writer.start();
    await until(() => writer.state().replayedTotal > 0);
    expect(await writer.save(question({ sessionName: 'live' })).durable).toBe('committed');
    expect(writer.state().spooledMessages).toBeGreaterThan(0);
  });
});
