import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { createBreakableStore, type BreakableStore } from '../../test/breakable-store.js';
import { sessionsThatMiscount } from '../../test/history.js';
import type { RecordingLogger } from '../../test/store-options.js';
import { allDurable, kept, question, until } from '../../test/writing.js';
import { BufferFullError, NotDurableError, WriterClosedError } from '../message-store.errors.js';
import type { MessageStoreOptions } from '../message-store.options.js';
import type { FlakyProxy, TestDatabase } from '../testing.js';
import type { MessageWriter } from './message-writer.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** As a service's, but for what it waits for: tenths of a second instead of seconds. */
const quickPool = {
  maxConnections: 3,
  acquireTimeoutMs: 500,
  statementTimeoutMs: 2_000,
  clientTimeoutMs: 2_500,
};

let store: BreakableStore;
let database: TestDatabase;
let proxy: FlakyProxy;
let logger: RecordingLogger;

beforeEach(async () => {
  store = await createBreakableStore();
  ({ database, proxy, logger } = store);
});
afterEach(() => store.drop());

function openWriter(overrides: Partial<MessageStoreOptions> = {}): MessageWriter {
  return store.openWriter(overrides, quickPool);
}

const contents = async () => (await kept(database)).map(({ content }) => content);
const numbers = (count: number) => Array.from({ length: count }, (_, at) => `${at}`);
const isEmpty = (writer: MessageWriter) => () => {
  const { bufferedMessages, spooledMessages } = writer.state();
  return bufferedMessages + spooledMessages === 0;
};

/** A path that nobody can make a directory of, root included. */
async function impossibleDirectory(): Promise<string> {
  await mkdir(store.options.spoolDir, { recursive: true });
  const file = path.join(store.options.spoolDir, 'file');
  await writeFile(file, '');
  return path.join(file, 'spool');
}

describe('a message is durable', () => {
  it('by its commit, and nothing of it is on the disk', async () => {
    const writer = openWriter();
    const saved = numbers(500).map((content) => writer.save(question({ content })));
    expect(new Set(await allDurable(saved))).toEqual(new Set(['committed']));
    expect(await contents()).toEqual(numbers(500));
    expect(writer.state()).toMatchObject({
      spooledTotal: 0,
      spoolBytes: 0,
      committedTotal: 500,
      databaseIsUp: true,
    });
  });

  it('by the spool at once while the database is down, and in the database when it is back: once and in order', async () => {
    const writer = openWriter();
    await writer.save(question({ content: '0' })).durable;
    proxy.become('refuse');
    const saved = numbers(2_501)
      .slice(1)
      .map((content) => writer.save(question({ content })));
    expect(new Set(await allDurable(saved))).toEqual(new Set(['spooled']));
    const { retriesTotal } = writer.state();
    // Known to be down by now.
    expect(await writer.save(question({ content: '2501' })).durable).toBe('spooled');
    expect(writer.state()).toMatchObject({ databaseIsUp: false, bufferedMessages: 0, bufferedBytes: 0 });
    await until(() => writer.state().retriesTotal > retriesTotal);
    proxy.become('pass');
    await until(isEmpty(writer));
    expect(await contents()).toEqual(numbers(2_502));
    expect(writer.state()).toMatchObject({
      databaseIsUp: true,
      replayedTotal: 2_501,
      lostTotal: 0,
      undurableTotal: 0,
    });
    expect(await sessionsThatMiscount(database)).toEqual([]);
    expect(logger.lines.map(({ level }) => level)).toEqual(expect.arrayContaining(['warn', 'info']));
    expect(await writer.save(question()).durable).toBe('committed');
  });

  it('by the spool when the database hangs, and then without any wait for it', async () => {
    const writer = openWriter({ commitTimeoutMs: 150 });
    await until(async () => (await writer.save(question({ content: '0' })).durable) === 'committed');
    const before = (await contents()).length;
    proxy.become('hang');
    expect(await writer.save(question({ content: '1' })).durable).toBe('spooled');
    const saved = numbers(300).map((content) => writer.save(question({ content })));
    expect(new Set(await allDurable(saved))).toEqual(new Set(['spooled']));
    await until(() => !writer.state().databaseIsUp);
    proxy.become('pass');
    await until(isEmpty(writer));
    expect(await contents()).toHaveLength(before + 301);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('by the spool when its commit is late, and is stored once when the commit comes', async () => {
    const writer = openWriter({ commitTimeoutMs: 150 });
    await writer.save(question()).durable;
    await until(isEmpty(writer));
    await database.query('begin');
    await database.query('lock table chat_messages in exclusive mode');
    expect(await writer.save(question({ content: 'late' })).durable).toBe('spooled');
    await database.query('commit');
    await until(isEmpty(writer));
    expect(await contents()).toEqual(['hello', 'late']);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });

  it('by the spool when too many wait in memory', async () => {
    const writer = openWriter();
    await writer.save(question()).durable;
    proxy.become('hang');
    const [first] = Array.from({ length: 50_100 }, () => writer.save(question()));
    expect(await first?.durable).toBe('spooled');
    expect(writer.state()).toMatchObject({ databaseIsUp: true, lostTotal: 0 });
  });

  it('whatever its text is', async () => {
    const writer = openWriter();
    proxy.become('refuse');
    const texts = fc.sample(fc.string({ unit: 'binary', size: 'large' }), numRuns);
    await allDurable(texts.map((content) => writer.save(question({ content, metadata: { content } }))));
    proxy.become('pass');
    await until(isEmpty(writer));
    const expected = texts.map((text) => text.toWellFormed().replaceAll('\0', '\ufffd'));
    expect(await contents()).toEqual(expected);
  });

  it('with the id that was made for it; saved again, it is stored once', async () => {
    const writer = openWriter();
    const first = writer.save(question());
    await first.durable;
    const again = writer.save(question({ id: first.message.id }));
    expect(await again.durable).toBe('committed');
    expect(again.message).toEqual(first.message);
    expect(await kept(database)).toHaveLength(1);
    expect(await sessionsThatMiscount(database)).toEqual([]);
  });
});

describe('where neither database nor disk takes a message', () => {
  it('its saver is told, the loss is counted and logged, and it is stored when the database is back', async () => {
    const writer = openWriter({ spoolDir: await impossibleDirectory() });
    proxy.become('refuse');
    const saved = numbers(300).map((content) => writer.save(question({ content })));
    for (const { durable } of saved) await expect(durable).rejects.toThrow(NotDurableError);
    expect(writer.state()).toMatchObject({
      undurableTotal: 300,
      spoolIsUsable: false,
      bufferedMessages: 300,
    });
    const errors = logger.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
    expect(new Set(errors).size).toBe(errors.length);
    expect(errors).toContain('messages are not safe: only this process has them');
    proxy.become('pass');
    await until(isEmpty(writer));
    expect(await contents()).toEqual(numbers(300));
    expect(writer.state()).toMatchObject({ lostTotal: 0 });
  });

  it('it goes to the disk as soon as that can be used', async () => {
    const spoolDir = await impossibleDirectory();
    const writer = openWriter({ spoolDir });
    proxy.become('refuse');
    await expect(writer.save(question()).durable).rejects.toThrow(NotDurableError);
    await rm(path.dirname(spoolDir));
    await until(() => writer.state().spooledMessages === 1);
    expect(writer.state()).toMatchObject({ bufferedMessages: 0, spoolIsUsable: true });
  });

  it('a spool at its bound says so, and everything is stored when the database is back', async () => {
    const writer = openWriter({ spoolMaxBytes: 1_048_576 });
    proxy.become('refuse');
    // A busy machine may take longer to open the spool than a message waits for it.
    writer.save(question({ content: 'first' })).durable.catch(() => undefined);
    await until(() => writer.state().spooledMessages === 1);
    const { undurableTotal } = writer.state();
    const texts = numbers(40).map((number) => number.padEnd(100_000, '.'));
    const outcomes = await Promise.allSettled(
      texts.map((content) => writer.save(question({ content })).durable),
    );
    const spooled = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(spooled).toBeGreaterThan(2);
    expect(spooled).toBeLessThan(15);
    expect(writer.state()).toMatchObject({
      undurableTotal: undurableTotal + 40 - spooled,
      spoolIsUsable: false,
    });
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: { reason: 'it is full', count: 1 } }),
    );
    proxy.become('pass');
    await until(isEmpty(writer));
    expect(await contents()).toEqual(['first', ...texts]);
    await until(() => writer.state().spoolIsUsable);
  });

  it('the database is given some time more when it only is late', async () => {
    const writer = openWriter({ spoolDir: await impossibleDirectory(), commitTimeoutMs: 1 });
    await database.query('begin');
    await database.query('lock table chat_messages in exclusive mode');
    const { durable } = writer.save(question());
    await until(() => !writer.state().spoolIsUsable);
    await database.query('commit');
    expect(await durable).toBe('committed');
  });

  it('a full buffer refuses', async () => {
    const writer = openWriter({ spoolDir: await impossibleDirectory() });
    proxy.become('refuse');
    const saved = Array.from({ length: 100_001 }, () => writer.save(question()));
    await expect(saved.at(-1)?.durable).rejects.toThrow(BufferFullError);
    expect(writer.state().lostTotal).toBe(1);
  });
});

describe('draining', () => {
  it('writes what is in memory, then takes nothing more', async () => {
    const writer = openWriter();
    const saved = numbers(5_000).map((content) => writer.save(question({ content })));
    await writer.drain(20_000);
    expect(await contents()).toHaveLength(5_000);
    await allDurable(saved);
    await expect(writer.save(question()).durable).rejects.toThrow(WriterClosedError);
    expect(writer.state().lostTotal).toBe(1);
  });

  it('also replays what is spooled when the database is there', async () => {
    const writer = openWriter();
    proxy.become('refuse');
    await allDurable(numbers(250).map((content) => writer.save(question({ content }))));
    proxy.become('pass');
    await writer.drain(20_000);
    expect(await contents()).toEqual(numbers(250));
  });

  it.each(['refuse', 'hang'] as const)(
    'puts everything into the spool when the database is away (%s), and the next writer stores it',
    async (mode) => {
      const writer = openWriter();
      await writer.save(question({ content: 'before' })).durable;
      proxy.become(mode);
      const saved = numbers(3_500).map((content) => writer.save(question({ content })));
      await writer.drain(1);
      expect(new Set(await allDurable(saved))).toEqual(new Set(['spooled']));
      expect(writer.state()).toMatchObject({ lostTotal: 0, setAsideTotal: 0 });
      proxy.become('pass');
      const next = openWriter();
      next.start();
      await until(() => next.state().replayedTotal === 3_500);
      expect(await contents()).toEqual(['before', ...numbers(3_500)]);
      expect(await sessionsThatMiscount(database)).toEqual([]);
    },
  );

  it('tries a database that was away once more', async () => {
    const writer = openWriter();
    proxy.become('refuse');
    await writer.save(question()).durable;
    await until(() => writer.state().retriesTotal > 4);
    proxy.become('pass');
    await writer.drain(20_000);
    expect(await contents()).toEqual(['hello']);
  });

  it('ends while a database that hangs still has a statement, and says what is lost when the disk refuses too', async () => {
    const writer = openWriter({ spoolDir: await impossibleDirectory() });
    await writer.save(question()).durable;
    proxy.become('hang');
    const saved = numbers(3).map((content) => writer.save(question({ content })));
    await writer.drain(1);
    for (const { durable } of saved) await expect(durable).rejects.toThrow(WriterClosedError);
    expect(writer.state().lostTotal).toBe(3);
    expect(logger.lines).toContainEqual({
      level: 'error',
      fields: { count: 3 },
      message: 'messages were lost: the service ended before they were stored',
    });
  });

  it('leaves one file at most behind', async () => {
    for (let time = 0; time < 3; time++) {
      const writer = openWriter();
      await writer.save(question()).durable;
      await writer.drain(20_000);
    }
    const files = await readdir(store.options.spoolDir);
    expect(files.filter((name) => name.endsWith('.sqlite'))).toHaveLength(1);
  });
});
