import { mkdtemp, readFile, readdir, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { startSpoolProcess } from '../../../test/spool-process.js';
import { RecordingLogger } from '../../../test/store-options.js';
import { until } from '../../../test/writing.js';
import { acceptedMessage } from '../accepted-message.js';
import { Spool } from './spool.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const oldest = { maxMessages: 10_000, maxBytes: Infinity };

let directory: string;
let logger: RecordingLogger;
const opened: Spool[] = [];

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'));
  logger = new RecordingLogger();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((spool) => spool.close()));
  await rm(directory, { recursive: true, force: true });
});

function startSpool(
  maxBytes = 64 * 1_048_576,
  where = directory,
  onMessages: () => void = () => undefined,
): Spool {
  const spool = new Spool({ directory: where, maxBytes }, logger);
  opened.push(spool);
  spool.start(onMessages);
  return spool;
}

async function openSpool(maxBytes?: number): Promise<Spool> {
  const spool = startSpool(maxBytes);
  await until(() => spool.figures.isOpen);
  return spool;
}

function rowOf(content: string) {
  const message = acceptedMessage({ sessionName: 's', role: 'user', content });
  return { message, bytes: content.length };
}

const rowsOf = (...contents: string[]) => contents.map(rowOf);

async function contentsOf(spool: Spool): Promise<(string | undefined)[]> {
  return (await spool.oldest(oldest)).map(({ message }) => message?.content);
}

async function files(): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name.endsWith('.sqlite'));
}

describe('the spool', () => {
  it('gives back what it was given, oldest first, once, until it is removed', async () => {
    const spool = await openSpool();
    const rows = rowsOf('a', 'b', 'c');
    expect(await spool.append(rows.slice(1))).toBe(2);
    expect(await spool.append(rows)).toBe(3);
    const found = await spool.oldest(oldest);
    expect(found.map(({ message }) => message)).toEqual(rows.map(({ message }) => message));
    expect(spool.figures).toMatchObject({ messages: 3, bytes: 3 });
    expect(await spool.oldest({ maxMessages: 2, maxBytes: Infinity })).toHaveLength(2);
    expect(await spool.oldest({ maxMessages: 10, maxBytes: 0 })).toHaveLength(1);
    expect(await spool.remove([found[0]?.id ?? '', found[2]?.id ?? '', 'unknown'])).toBe(2);
    expect(await contentsOf(spool)).toEqual(['b']);
    expect(spool.figures).toMatchObject({ messages: 1, bytes: 1 });
  });

  it('keeps any text unchanged', async () => {
    const spool = await openSpool();
    const texts = fc.sample(fc.string({ unit: 'binary', size: 'large' }), numRuns);
    const rows = rowsOf(
      ...texts,
      '',
      '\0',
      '\ud800',
      "'); drop table messages; --",
      '\u2028',
      'x'.repeat(1_048_576),
    );
    await spool.append(rows);
    expect((await spool.oldest(oldest)).map(({ message }) => message)).toEqual(
      rows.map(({ message }) => message),
    );
  });

  it('is readable by its owner alone', async () => {
    const spool = await openSpool();
    await spool.append(rowsOf('secret'));
    for (const name of await readdir(directory)) {
      expect((await stat(path.join(directory, name))).mode & 0o777).toBe(0o600);
    }
  });

  it('is there again for the next process, in the same file', async () => {
    const first = await openSpool();
    await first.append(rowsOf('a', 'b'));
    await first.close();
    const second = await openSpool();
    expect(second.figures).toMatchObject({ messages: 2 });
    expect(await contentsOf(second)).toEqual(['a', 'b']);
    expect(await files()).toHaveLength(1);
  });

  it('takes no more than its bound, says so, and takes more when there is room', async () => {
    const spool = await openSpool(1_048_576);
    const rows = Array.from({ length: 30 }, () => rowOf('x'.repeat(50_000)));
    const kept = await spool.append(rows);
    expect(kept).toBeGreaterThan(5);
    expect(kept).toBeLessThan(30);
    expect(await spool.append(rowsOf('x'.repeat(100_000)))).toBe(0);
    expect((await spool.oldest(oldest)).map(({ id }) => id)).toEqual(
      rows.slice(0, kept).map(({ message }) => message.id),
    );
    await spool.remove(rows.slice(0, kept).map(({ message }) => message.id));
    expect(await spool.append(rowsOf('x'.repeat(100_000)))).toBe(1);
  });

  it('gives the disk back when it is empty again', async () => {
    const spool = await openSpool();
    const rows = Array.from({ length: 20 }, () => rowOf('x'.repeat(200_000)));
    await spool.append(rows);
    await spool.remove(rows.map(({ message }) => message.id));
    const [name = ''] = await files();
    for (const part of [name, `${name}-wal`]) {
      expect((await stat(path.join(directory, part))).size).toBeLessThan(1_000_000);
    }
  });

  it('cannot be where a file is, says so once, and can when the file is gone', async () => {
    const file = path.join(directory, 'file');
    await writeFile(file, '');
    const spool = startSpool(undefined, path.join(file, 'spool'));
    await expect(spool.append(rowsOf('a'))).rejects.toThrow('ENOTDIR');
    await expect(spool.append(rowsOf('a'))).rejects.toThrow('ENOTDIR');
    expect(spool.figures.isOpen).toBe(false);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    await rm(file);
    expect(await spool.append(rowsOf('a'))).toBe(1);
    expect(spool.figures.isOpen).toBe(true);
  });

  it('leaves nothing readable behind of what was removed', async () => {
    const spool = await openSpool();
    const rows = rowsOf(...Array.from({ length: 20 }, (_, at) => `a secret ${at}`));
    await spool.append(rows);
    await spool.remove(rows.map(({ message }) => message.id));
    await spool.close();
    for (const name of await readdir(directory)) {
      const isThere = (await readFile(path.join(directory, name))).includes('a secret');
      expect({ name, isThere }).toEqual({ name, isThere: false });
    }
  });

  it('starts no second thread in haste when its own has ended', async () => {
    const spool = startSpool(undefined, 5 as never);
    await until(() => logger.lines.length > 0);
    await until(async () => (await appendFault(spool)) === 'the spool is not open');
    spool.start(() => undefined);
    expect(await appendFault(spool)).toBe('the spool is not open');
  });

  it('moves what it holds to a new file when its own was removed', async () => {
    const spool = await openSpool();
    await spool.append(rowsOf('a', 'b'));
    await rm(directory, { recursive: true });
    await spool.append(rowsOf('c'));
    await until(async () => (await contentsOf(spool)).length === 3);
    expect(await contentsOf(spool)).toEqual(['a', 'b', 'c']);
    expect(await files()).toHaveLength(1);
  });
});

describe('a file of the spool that cannot be read', () => {
  it.each([
    ['garbage', 'garbage '.repeat(2_000)],
    ['a database of something else', ''],
  ])('is kept under another name, and another takes over: %s', async (_kind, content) => {
    const file = path.join(directory, 'spool-00.sqlite');
    await writeFile(file, content);
    if (content === '') makeForeignDatabase(file);
    const spool = await openSpool();
    await spool.append(rowsOf('a'));
    expect(await contentsOf(spool)).toEqual(['a']);
    expect(spool.unreadableTotal).toBe(1);
    expect(logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect((await readdir(directory)).some((name) => name.startsWith('spool-00.sqlite.unreadable-'))).toBe(
      true,
    );
    expect(await files()).toHaveLength(1);
  });

  it('is put away when it turns out so later, and nothing that comes after is lost', async () => {
    const first = await openSpool();
    await first.append(Array.from({ length: 300 }, () => rowOf('x'.repeat(5_000))));
    await first.close();
    const [name = ''] = await files();
    // Torn in its midst: the head is still a database's.
    await truncate(path.join(directory, name), 8_192);
    const spool = await openSpool();
    await spool.oldest(oldest);
    expect(await spool.append(rowsOf('a'))).toBe(1);
    expect(await contentsOf(spool)).toEqual(['a']);
    expect(spool.unreadableTotal).toBe(1);
  });

  it('loses only the end of a log that was torn while it was written', async () => {
    const child = await startSpoolProcess(directory, rowsOf('kept'));
    await child.kill();
    const wal = (await readdir(directory)).find((name) => name.endsWith('-wal')) ?? '';
    await writeFile(path.join(directory, wal), Buffer.alloc(3_000, 7), { flag: 'a' });
    const spool = await openSpool();
    expect(await contentsOf(spool)).toEqual(['kept']);
    expect(spool.unreadableTotal).toBe(0);
  });
});

describe('several processes on one directory', () => {
  it('have a file each, and none touches that of another', async () => {
    const child = await startSpoolProcess(directory, rowsOf('of the child'));
    const [one, two] = [await openSpool(), await openSpool()];
    await one.append(rowsOf('one'));
    await two.append(rowsOf('two'));
    expect(await contentsOf(one)).toEqual(['one']);
    expect(await contentsOf(two)).toEqual(['two']);
    expect(await files()).toHaveLength(3);
    await child.kill();
  });

  it('adopt what a killed one left: every message, by one of them', async () => {
    const children = await Promise.all([
      startSpoolProcess(directory, rowsOf('a', 'b')),
      startSpoolProcess(directory, rowsOf('c')),
    ]);
    for (const child of children) {
      await child.kill();
    }
    const spools = await Promise.all([openSpool(), openSpool(), openSpool()]);
    await until(() => spools.reduce((sum, { figures }) => sum + figures.messages, 0) === 3);
    const found = (await Promise.all(spools.map(contentsOf))).flat();
    expect(found.sort()).toEqual(['a', 'b', 'c']);
  });

  it('keep room for messages of their own when they adopt, and take the rest when there is more', async () => {
    const dead = await openSpool();
    const rows = Array.from({ length: 60 }, () => rowOf('x'.repeat(50_000)));
    await dead.append(rows);
    await dead.close();
    const [name = ''] = await files();
    await rename(path.join(directory, name), path.join(directory, 'spool-01.sqlite'));
    await writeFile(path.join(directory, 'spool-00.sqlite'), '');
    const { promise: found, resolve } = Promise.withResolvers<void>();
    const spool = startSpool(1_048_576, directory, resolve);
    // Nobody gives it anything, so nothing else would have the adopted ones replayed.
    await found;
    const own = rowOf('x'.repeat(200_000));
    expect(await spool.append([own])).toBe(1);
    const seen = new Set<string>();
    await until(async () => {
      const ids = (await spool.oldest(oldest)).map(({ id }) => id);
      for (const id of ids) seen.add(id);
      await spool.remove(ids);
      return (await files()).length === 1 && spool.figures.messages === 0;
    });
    expect([...seen].sort()).toEqual([...rows, own].map(({ message }) => message.id).sort());
  });

  it('adopt many files, and remove them', async () => {
    const dead = await Promise.all(Array.from({ length: 4 }, () => openSpool()));
    for (const [at, spool] of dead.entries()) await spool.append(rowsOf(`${at}`));
    await Promise.all(dead.map((spool) => spool.close()));
    const spool = await openSpool();
    await until(() => spool.figures.messages === 4);
    expect((await contentsOf(spool)).sort()).toEqual(['0', '1', '2', '3']);
    await until(async () => (await files()).length === 1);
  });
});

async function appendFault(spool: Spool): Promise<string> {
  const fault: unknown = await spool.append(rowsOf('a')).catch((error: unknown) => error);
  return fault instanceof Error ? fault.message : 'none';
}

function makeForeignDatabase(file: string): void {
  const database = new DatabaseSync(file);
  database.exec('create table messages (something text)');
  database.close();
}
