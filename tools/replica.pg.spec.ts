import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  migrateUp,
  openMessageStore,
  StoreUnavailableError,
  streamedExport,
  type MessageStore,
  type MessageStoreOptions,
} from '@chat-history/message-store';
import pg from 'pg';

const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

let pair: ChildProcess;
let spoolDir: string;
let primary: pg.Client;
let replica: pg.Client;
let store: MessageStore;
let options: MessageStoreOptions;

beforeAll(async () => {
  pair = spawn(process.execPath, [path.join(__dirname, 'postgres/replica-pair.mts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(pair.stdout!, 'data')) as [Buffer];
  const urls = JSON.parse(line.toString()) as { primary: string; replica: string };
  await migrateUp(urls.primary);
  primary = new pg.Client({ connectionString: urls.primary });
  replica = new pg.Client({ connectionString: urls.replica });
  await Promise.all([primary.connect(), replica.connect()]);
  spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-replica-spool-'));
  options = {
    databaseUrl: urls.primary,
    replicaUrl: urls.replica,
    readerPool: { statementTimeoutMs: 20_000 },
    retentionDays: 30,
    spoolDir,
    applicationName: 'spec',
    logger,
  };
  store = openMessageStore(options);
}, 120_000);

afterAll(async () => {
  await store.close();
  await Promise.all([primary.end(), replica.end()]);
  pair.stdin?.end();
  await once(pair, 'exit');
  await rm(spoolDir, { recursive: true });
}, 60_000);

/** Resolves when everything that was written is on the replica, too. */
async function followed(): Promise<void> {
  // A commit that waits for the disk takes along what others left in memory.
  await primary.query(`set synchronous_commit = on; select pg_logical_emit_message(true, 'spec', '')`);
  const { rows } = await primary.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn');
  for (;;) {
    const { rowCount } = await replica.query('select where pg_last_wal_replay_lsn() >= $1::pg_lsn', [
      rows[0]?.lsn,
    ]);
    if (rowCount === 1) return;
    await delay(10);
  }
}

async function say(content: string): Promise<void> {
  await store.writer.save({ sessionName: 'a session', role: 'user', content }).durable;
}

async function exported(): Promise<string> {
  const request = { filter: {}, format: 'csv', order: 'time', timeZone: 'UTC', gzip: false } as const;
  const { stream } = await store.exports.open(request, new AbortController().signal, streamedExport);
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

const found = async () => (await store.search.find({ q: 'word', limit: 9 })).items.length;

describe('a store with a replica', () => {
  it('reads pages there, as late as it follows, and everything else where it is written', async () => {
    await say('the first word');
    await followed();
    await replica.query('select pg_wal_replay_pause()');
    await say('another word');

    expect(await found()).toBe(1);
    expect((await store.sessionList.find({ limit: 9 })).items[0]?.messageCount).toBe(1);
    expect((await store.transcript.find({ sessionName: 'a session', limit: 9 })).items).toHaveLength(1);
    const { messages } = await store.statistics.summarize({ timeZone: 'UTC', interval: 'day' });
    expect(messages).toBe(1);
    expect(await exported()).toContain('another word');

    await replica.query('select pg_wal_replay_resume()');
    await followed();
    expect(await found()).toBe(2);
    await Promise.all([store.ping(), store.pingReplica?.()]);
  });

  it('says that the replica is not there for a reader whom it cancelled to go on', async () => {
    // Reading a session takes long here, and holds a lock that the primary is about to take.
    await primary.query(`
      alter table chat_sessions rename to kept_sessions;
      create view chat_sessions as select kept_sessions.* from kept_sessions, pg_sleep(10)`);
    await followed();
    const reading = store.sessionList.find({ limit: 9 });
    const reader = `select from pg_stat_activity where application_name = 'spec reader' and wait_event = 'PgSleep'`;
    while ((await replica.query(reader)).rowCount === 0) await delay(10);
    await primary.query('begin; lock table kept_sessions in access exclusive mode; commit');
    await expect(reading).rejects.toThrow(StoreUnavailableError);
    expect(await found()).toBe(2);
    await primary.query('drop view chat_sessions; alter table kept_sessions rename to chat_sessions');
    await followed();
  });

  it('reads no pages while the replica is away, and goes on with everything else', async () => {
    const away = openMessageStore({ ...options, replicaUrl: 'postgres://nobody@127.0.0.1:1/nowhere' });
    await expect(away.search.find({ q: 'word', limit: 9 })).rejects.toThrow(StoreUnavailableError);
    await expect(away.pingReplica?.()).rejects.toThrow(StoreUnavailableError);
    await Promise.all([away.ping(), away.agents.findById(randomUUID())]);
    expect(await away.writer.save({ sessionName: 's', role: 'user', content: 'kept' }).durable).toBeDefined();
    await away.close();
  });
});
