import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openMessageStore, type MessageStore } from '@chat-history/message-store';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { createLogger } from '@chat-history/service-shell';
import { ExportUpkeep } from './export-upkeep.js';
import { DirectoryStore } from './store/directory-store.js';
import { ExportStorageError } from './store/export-store.js';

let database: TestDatabase;
let store: MessageStore;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'chat-history-exports-'));
  const logger = createLogger('spec', 'fatal');
  const options = {
    retentionDays: 30,
    spoolDir: path.join(folder, 'spool'),
    applicationName: 'spec',
    logger,
  };
  store = openMessageStore({ databaseUrl: database.url, ...options });
});
afterEach(async () => {
  await store.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** Of three exports that succeeded, and whose files' time is over, the files. */
async function expiredFiles(): Promise<string[]> {
  const jobs = await database.query<{ id: string }>(`
    insert into export_jobs (id, requested_by, filter, format, row_order, time_zone, gzip, status, attempts,
                             rows_total, sha256, snapshot_at, created_at, finished_at, expires_at)
    select gen_random_uuid(), gen_random_uuid(), '{}', 'csv', 'time', 'UTC', false, 'succeeded', 1,
           0, repeat('a', 64), now() - interval '2 days', now() - interval '2 days', now() - interval '2 days', now() - n * interval '1 hour'
    from generate_series(1, 3) as n
    returning id`);
  const files = jobs.map(({ id }) => `${id}.1`).sort();
  for (const file of files) await writeFile(path.join(folder, file), 'chats');
  return files;
}

/** One file of this folder cannot be removed. */
function upkeepWithout(stuck: string): ExportUpkeep {
  class StuckStore extends DirectoryStore {
    override async remove(key: string): Promise<void> {
      if (key === stuck) throw new ExportStorageError('it cannot be removed');
      await super.remove(key);
    }
  }
  return new ExportUpkeep(store.exportJobUpkeep, new StuckStore(folder), createLogger('spec', 'fatal'));
}

it('an expired file that cannot be removed keeps its job as it is, and holds up no other', async () => {
  const [first = '', stuck = '', last = ''] = await expiredFiles();
  await upkeepWithout(stuck).deleteExpired();
  expect(await readdir(folder)).toEqual([stuck]);
  const expired = await database.query<{ id: string }>(
    `select id from export_jobs where status = 'expired' order by id`,
  );
  expect(expired.map(({ id }) => `${id}.1`)).toEqual([first, last]);
});

it('a file that nobody wants and that cannot be removed holds up no other', async () => {
  const [, stuck = ''] = await expiredFiles();
  await database.query('truncate export_jobs');
  await upkeepWithout(stuck).deleteLeftovers(new Date(Date.now() + 1_000));
  expect(await readdir(folder)).toEqual([stuck]);
});
