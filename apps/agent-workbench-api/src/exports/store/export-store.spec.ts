import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { mountSmallDisk } from '../../../test/full-disk.js';
import { s3Bucket, s3Credentials, s3Region, S3Server } from '../../../test/s3-server.js';
import { DirectoryStore } from './directory-store.js';
import {
  ExportFileMissingError,
  ExportStorageError,
  ExportStorageFullError,
  type ExportStore,
} from './export-store.js';
import { S3Store } from './s3-store.js';

let parent: string;
let folder: string;
let s3: S3Server;
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'chat-history-exports-'));
  folder = path.join(parent, 'made', 'when needed');
  s3 = await S3Server.start();
});
afterEach(async () => {
  await s3.stop();
  await rm(parent, { recursive: true });
});

const prefix = 'of chats/';

function s3Store(credentials = s3Credentials): S3Store {
  return new S3Store({
    bucket: s3Bucket,
    prefix,
    region: s3Region,
    endpoint: s3.url,
    forcePathStyle: true,
    credentials,
  });
}

/** Larger than two parts of an upload. */
const large = randomBytes(20_000_000);
const pieces = (bytes: Buffer, size = 60_000) =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
      bytes.subarray(n * size, (n + 1) * size),
    ),
    { objectMode: false },
  );

/** A file that fails after so many bytes. */
function failing(bytes: number): Readable {
  async function* make() {
    for (let sent = 0; sent < bytes; sent += 60_000) yield large.subarray(sent, sent + 60_000);
    throw new Error('the file cannot be finished');
  }
  return Readable.from(make(), { objectMode: false });
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe.each([
  ['a directory', () => new DirectoryStore(folder)],
  ['S3', () => s3Store()],
] satisfies [string, () => ExportStore][])('a store of export files in %s', (_name, open) => {
  async function keysOf(store: ExportStore): Promise<string[]> {
    const keys = [];
    for await (const { key } of store.list()) keys.push(key);
    return keys.toSorted();
  }

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a line', Buffer.from('退款\r\n')],
    ['20 MB', large],
  ])('gives back a file of %s', async (_size, bytes) => {
    const store = open();
    await store.write('a-1', pieces(bytes));
    expect(hashOf(await buffer(await store.read('a-1')))).toBe(hashOf(bytes));
  });

  it.each([
    [0, 0],
    [5, 9],
    [8_388_607, 8_388_609],
    [19_999_990, 19_999_999],
  ])('gives back its bytes %d to %d', async (start, end) => {
    const store = open();
    await store.write('a-1', pieces(large));
    const part = await buffer(await store.read('a-1', { start, end }));
    expect(part.equals(large.subarray(start, end + 1))).toBe(true);
  });

  it('has no file that was not written, or was removed, which may be done twice', async () => {
    const store = open();
    await expect(store.read('a-1')).rejects.toThrow(ExportFileMissingError);
    expect(await keysOf(store)).toEqual([]);
    await store.write('a-1', pieces(Buffer.from('x')));
    await store.remove('a-1');
    await store.remove('a-1');
    await expect(store.read('a-1')).rejects.toThrow(ExportFileMissingError);
    expect(await keysOf(store)).toEqual([]);
  });

  it.each([100, 12_000_000])('keeps nothing of a file that fails after %d bytes', async (bytes) => {
    const store = open();
    await expect(store.write('a-1', failing(bytes))).rejects.toThrow('the file cannot be finished');
    await expect(store.read('a-1')).rejects.toThrow(ExportFileMissingError);
    expect(await keysOf(store)).toEqual([]);
  });

  it('keeps nothing of a file that is destroyed on the way', async () => {
    const store = open();
    const file = new Readable({ read: () => undefined });
    file.push(large.subarray(0, 12_000_000));
    const writing = store.write('a-1', file);
    setTimeout(() => file.destroy(), 200);
    await expect(writing).rejects.toThrow();
    expect(await keysOf(store)).toEqual([]);
  });

  it('lists what is there, also what a process left unfinished, until it is removed', async () => {
    const store = open();
    const keys = ['a-1', 'b-1', 'c-1', 'd-1', 'e-1'];
    for (const key of keys) await store.write(key, pieces(Buffer.from(key)));
    await writeFile(path.join(folder, 'f-1.part'), 'half a').catch(() => undefined);
    for (const id of ['1', '2', '3']) s3.uploads.set(id, { key: `${prefix}f-1`, parts: new Map() });
    expect([...new Set(await keysOf(store))]).toEqual([...keys, 'f-1']);
    await store.remove('f-1');
    expect(await keysOf(store)).toEqual(keys);
    for await (const { changedAt } of store.list()) {
      expect(Math.abs(Date.now() - changedAt.getTime())).toBeLessThan(600_000);
    }
  });

  it('ends reading with its reader', async () => {
    const store = open();
    await store.write('a-1', pieces(large));
    const reading = await store.read('a-1');
    reading.destroy();
    expect(hashOf(await buffer(await store.read('a-1')))).toBe(hashOf(large));
  });
});

describe('a directory of export files', () => {
  it('is readable by its owner alone', async () => {
    await new DirectoryStore(folder).write('a-1', pieces(Buffer.from('x')));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(path.join(folder, 'a-1'))).mode & 0o777).toBe(0o600);
  });

  it('that cannot be used says no path', async () => {
    await writeFile(path.join(parent, 'file'), '');
    const store = new DirectoryStore(path.join(parent, 'file', 'below'));
    const refused = store.write('a-1', pieces(Buffer.from('x')));
    await expect(refused).rejects.toThrow(ExportStorageError);
    await expect(refused).rejects.not.toThrow(parent);
  });

  it('on a full disk says so, and keeps no half file', async () => {
    const disk = mountSmallDisk(1_024);
    const root = disk?.folder ?? parent;
    try {
      // Where nothing may be mounted, a device that is always full stands for the disk.
      if (!disk) await symlink('/dev/full', path.join(root, 'a-1.part'));
      const store = new DirectoryStore(root);
      await expect(store.write('a-1', pieces(large))).rejects.toThrow(ExportStorageFullError);
      expect(await readdir(root)).toEqual([]);
      await store.write('a-1', pieces(large.subarray(0, 500_000)));
    } finally {
      disk?.remove();
    }
  });
});

describe('S3 as a store of export files', () => {
  it('that is full says so, and keeps no part', async () => {
    s3.fault = (request) =>
      request.includes('partNumber=2') ? { status: 507, code: 'XMinioStorageFull' } : undefined;
    await expect(s3Store().write('a-1', pieces(large))).rejects.toThrow(ExportStorageFullError);
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
  });

  it('goes on when a part fails once', async () => {
    let faults = 0;
    s3.fault = (request) =>
      request.includes('partNumber=2') && faults++ === 0 ? { status: 503, code: 'SlowDown' } : undefined;
    await s3Store().write('a-1', pieces(large));
    expect(s3.objects.get(`${prefix}a-1`)?.equals(large)).toBe(true);
  });

  it('removes what another completed a moment before', async () => {
    s3.uploads.set('1', { key: `${prefix}a-1`, parts: new Map() });
    s3.fault = (request) => {
      if (request.startsWith('DELETE') && request.includes('uploadId') && s3.uploads.delete('1'))
        s3.objects.set(`${prefix}a-1`, Buffer.from('whole'));
      return undefined;
    };
    await s3Store().remove('a-1');
    expect([s3.objects.size, s3.uploads.size]).toEqual([0, 0]);
  });

  it('that refuses the key says nothing of bucket, key or credentials', async () => {
    const store = s3Store({ ...s3Credentials, secretAccessKey: 'another' });
    const refused = store.write('a-1', pieces(Buffer.from('x')));
    await expect(refused).rejects.toThrow(ExportStorageError);
    await expect(refused).rejects.toThrow('the storage does not answer, or refuses');
    expect(s3.objects.size).toBe(0);
  });

  it('that is away is an error of the storage', async () => {
    const store = s3Store();
    await s3.stop();
    await expect(store.read('a-1')).rejects.toThrow(ExportStorageError);
    await expect(store.write('a-1', pieces(large))).rejects.toThrow(ExportStorageError);
    s3 = await S3Server.start();
  });
});
