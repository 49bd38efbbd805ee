import { getEventListeners, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { silent } from '../test/history.js';
import { Database } from './database.js';
import { ReadCancelledError, ReadTimeoutError, StoreUnavailableError } from './message-store.errors.js';
import { createTestDatabase, FlakyProxy, type TestDatabase } from './testing.js';

let test: TestDatabase;
let proxy: FlakyProxy;
const opened: Database[] = [];

beforeAll(async () => {
  test = await createTestDatabase({ empty: true });
  proxy = await FlakyProxy.to(test.url);
});
afterEach(async () => {
  proxy.become('pass');
  await Promise.all(opened.splice(0).map((database) => database.close()));
});
afterAll(async () => {
  await proxy.close();
  await test.drop();
});

/** With a single connection, so that whatever is left on it meets the next statement. */
function openOne(url = test.url, statementTimeoutMs = 20_000): Database {
  const database = new Database({
    url,
    applicationName: 'one',
    maxConnections: 1,
    acquireTimeoutMs: 5_000,
    statementTimeoutMs,
    clientTimeoutMs: statementTimeoutMs + 500,
    logger: silent,
  });
  opened.push(database);
  return database;
}

/** A folder with a socket in it, as a PostgreSQL on the same machine has one. */
class UnixSocket {
  private constructor(
    readonly url: string,
    private readonly server: Server,
    private readonly folder: string,
  ) {}

  static async to(url: string): Promise<UnixSocket> {
    const { hostname, port, pathname, username, password } = new URL(url);
    const folder = await mkdtemp(path.join(tmpdir(), 'socket-'));
    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      // Whoever ends first ends both; what else happens to them is told by the one in front.
      pipeline(client, upstream, client, () => undefined);
    });
    await once(server.listen(path.join(folder, `.s.PGSQL.${port}`)), 'listening');
    const user = `user=${username}&password=${password}`;
    return new UnixSocket(`postgres://${pathname}?host=${folder}&port=${port}&${user}`, server, folder);
  }

  async close(): Promise<void> {
    this.server.close();
    await rm(this.folder, { recursive: true });
  }
}

interface Backend {
  pid: number;
  state: string;
}

const backends = () =>
  test.query<Backend>(`select pid, state from pg_stat_activity where application_name = 'one'`);

/** Resolves when PostgreSQL runs a statement of ours. */
async function isRunning(): Promise<void> {
  while (!(await backends()).some(({ state }) => state === 'active')) await delay(5);
}

/** Resolves when our one connection runs nothing; PostgreSQL tells a client of an error before it has tidied up. */
async function isIdle(): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const states = (await backends()).map(({ state }) => state);
    if (states.length === 1 && states[0] === 'idle') return;
    if (attempt === 100) throw new Error(`it is not idle: ${states.join()}`);
    await delay(10);
  }
}

const sleep = (database: Database, signal: AbortSignal) => database.query(`select pg_sleep(15)`, [], signal);

it('tells PostgreSQL its settings with each connection', async () => {
  const database = new Database({
    url: test.url,
    applicationName: 'set',
    maxConnections: 1,
    acquireTimeoutMs: 5_000,
    statementTimeoutMs: 20_000,
    clientTimeoutMs: 20_500,
    settings: '-c max_parallel_workers_per_gather=0',
    logger: silent,
  });
  opened.push(database);
  expect(await database.query('show max_parallel_workers_per_gather')).toEqual([
    { max_parallel_workers_per_gather: '0' },
  ]);
});

describe('a statement whose signal is aborted', () => {
  it('is ended in PostgreSQL, and its connection serves on', async () => {
    const database = openOne();
    const gone = new AbortController();
    const sleeping = sleep(database, gone.signal);
    await isRunning();
    const before = await backends();
    gone.abort();
    await expect(sleeping).rejects.toThrow(ReadCancelledError);
    await isIdle();
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await backends()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  });

  it('is ended over a Unix socket, too', async () => {
    const socket = await UnixSocket.to(test.url);
    try {
      const database = openOne(socket.url);
      const gone = new AbortController();
      const sleeping = sleep(database, gone.signal);
      await isRunning();
      gone.abort();
      await expect(sleeping).rejects.toThrow(ReadCancelledError);
      await isIdle();
      await database.close();
      opened.pop();
    } finally {
      await socket.close();
    }
  });

  it('tells a timeout from a caller who left', async () => {
    const database = openOne();
    await expect(sleep(database, AbortSignal.timeout(50))).rejects.toThrow(ReadTimeoutError);
    await expect(sleep(database, AbortSignal.abort())).rejects.toThrow(ReadCancelledError);
    expect(await database.query('select 1 as one', [], AbortSignal.timeout(5_000))).toEqual([{ one: 1 }]);
  });

  it('never costs the next one its life, whenever it is aborted', async () => {
    const database = openOne();
    await database.ping();
    let cancelled = 0;
    for (let round = 0; round < 150; round++) {
      const gone = new AbortController();
      // Sometimes before it began, sometimes when it is over, mostly between.
      const statement = database.query('select pg_sleep(0.004) is null as slept', [], gone.signal);
      const outcome = statement.then(
        () => 'done',
        (error: unknown) => error,
      );
      await delay(round % 8);
      gone.abort();
      const next = database.query(`select pg_sleep(0.002), ${round}::int as round`);
      expect(await next).toEqual([{ pg_sleep: '', round }]);
      const ended = await outcome;
      if (ended !== 'done') expect(ended).toBeInstanceOf(ReadCancelledError);
      if (ended !== 'done') cancelled += 1;
    }
    expect(cancelled).toBeGreaterThan(0);
    expect(await backends()).toHaveLength(1);
  });

  it('does not wait for a connection any more, and takes none', async () => {
    const database = openOne();
    const [first, second] = [new AbortController(), new AbortController()];
    const sleeping = sleep(database, first.signal);
    const waiting = sleep(database, second.signal);
    await isRunning();
    second.abort();
    await expect(waiting).rejects.toThrow(ReadCancelledError);
    first.abort();
    await expect(sleeping).rejects.toThrow(ReadCancelledError);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('loses its connection when PostgreSQL cannot be told', async () => {
    const database = openOne(proxy.url);
    const gone = new AbortController();
    const sleeping = sleep(database, gone.signal);
    await isRunning();
    const [hung] = await backends();
    proxy.become('hang');
    gone.abort();
    await expect(sleeping).rejects.toThrow(ReadCancelledError);
    proxy.become('pass');
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await backends()).filter(({ state }) => state === 'idle').map(({ pid }) => pid)).not.toContain(
      hung?.pid,
    );
    await test.query('select pg_terminate_backend($1)', [hung?.pid]);
  });

  it('leaves no listener behind', async () => {
    const database = openOne();
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 20 }, () => database.query('select 1', [], signal)));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a statement that runs into its timeout', () => {
  it('is ended by PostgreSQL, and its connection serves on', async () => {
    const database = openOne(test.url, 100);
    await database.ping();
    const before = await backends();
    await expect(database.query('select pg_sleep(15)')).rejects.toThrow(ReadTimeoutError);
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
    expect((await backends()).map(({ pid }) => pid)).toEqual(before.map(({ pid }) => pid));
  });

  it('is given up with its connection when the server hangs', async () => {
    const database = openOne(proxy.url, 100);
    await database.ping();
    proxy.become('hang');
    await expect(database.query('select 1')).rejects.toThrow(StoreUnavailableError);
    proxy.become('pass');
    expect(await database.query('select 1 as one')).toEqual([{ one: 1 }]);
  });
});
