import { setTimeout as delay } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { advisoryLocks } from '../advisory-locks.js';
import { migrations } from './migrations/index.js';

export interface MigrationStatus {
  readonly name: string;
  readonly applied: boolean;
}

/**
 * Brings the schema up to date; does nothing when it is. Two that start together are safe: the second waits.
 * @param maxWaitMs how long for another migration, which may build an index over everything; ten minutes if left out.
 * @returns the names of the migrations that ran now.
 * @throws UnsuitableDatabaseError the encoding is not UTF8, or the ctype is C or POSIX.
 * @throws MigrationRunningError as everything here does.
 */
export async function migrateUp(databaseUrl: string, maxWaitMs = defaultMaxWaitMs): Promise<string[]> {
  const migrate = async (dataSource: DataSource) => {
    await refuseUnsuitable(dataSource);
    const ran = await dataSource.runMigrations({ transaction: 'all' });
    return ran.map((migration) => migration.name);
  };
  return withDataSource(databaseUrl, migrate, maxWaitMs);
}

/** Takes the newest `count` migrations back, with everything that their tables hold. */
export async function migrateDown(databaseUrl: string, count: number): Promise<void> {
  await withDataSource(databaseUrl, async (dataSource) => {
    for (let undone = 0; undone < count; undone++) await dataSource.undoLastMigration({ transaction: 'all' });
  });
}

/** Every migration in order, and whether the database has it. Changes nothing. */
export async function migrationStatus(databaseUrl: string): Promise<MigrationStatus[]> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const applied = (await tableExists(dataSource, migrationsTable))
      ? await dataSource.query<{ name: string }[]>(`select name from ${migrationsTable}`)
      : [];
    const names = new Set(applied.map((row) => row.name));
    return migrations.map(({ name }) => ({ name, applied: names.has(name) }));
  });
}

/** Whether there are messages or accounts, which would go with their tables. */
export async function holdsMessagesOrAccounts(databaseUrl: string): Promise<boolean> {
  return withDataSource(databaseUrl, async (dataSource) => {
    for (const table of ['chat_messages', 'agents']) {
      if (!(await tableExists(dataSource, table))) continue;
      if ((await dataSource.query<object[]>(`select from ${table} limit 1`)).length > 0) return true;
    }
    return false;
  });
}

/** The database cannot hold or search every language; the message says what to create instead. */
export class UnsuitableDatabaseError extends Error {
  override readonly name = 'UnsuitableDatabaseError';
}

/** Another one has not ended in time: it builds something large, or its host was suspended. */
export class MigrationRunningError extends Error {
  override readonly name = 'MigrationRunningError';
}

const migrationsTable = 'chat_history_migrations';

const defaultMaxWaitMs = 600_000;
const attemptPauseMs = 500;

/** For a table that somebody holds, as an export does; whoever comes later waits behind a migration that waits. */
const lockTimeoutMs = 15_000;

async function withDataSource<Result>(
  url: string,
  work: (dataSource: DataSource) => Promise<Result>,
  maxWaitMs = defaultMaxWaitMs,
): Promise<Result> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    applicationName: 'chat-history-migrate',
    migrations: [...migrations],
    migrationsTableName: migrationsTable,
    // Schema sync would drop the indexes and triggers that migrations make by hand.
    synchronize: false,
    // A lone connection, so that the session's advisory lock covers everything that follows.
    poolSize: 1,
    connectTimeoutMS: 10_000,
  });
  await dataSource.initialize();
  try {
    await becomeOnlyOne(dataSource, maxWaitMs);
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

async function tableExists(dataSource: DataSource, name: string): Promise<boolean> {
  const [table] = await dataSource.query<{ exists: boolean }[]>(
    `select to_regclass($1) is not null as exists`,
    [name],
  );
  return table?.exists === true;
}

/** The session's lock, asked for and not waited for, which has no bound in PostgreSQL but one for every lock. */
async function becomeOnlyOne(dataSource: DataSource, maxWaitMs: number): Promise<void> {
  await dataSource.query(`select set_config('lock_timeout', $1, false)`, [`${lockTimeoutMs}`]);
  for (const untilMs = performance.now() + maxWaitMs; ;) {
    const [lock] = await dataSource.query<{ is_ours: boolean }[]>(
      `select pg_try_advisory_lock($1) as is_ours`,
      [advisoryLocks.migration],
    );
    if (lock?.is_ours) return;
    if (performance.now() > untilMs)
      throw new MigrationRunningError('another migration runs; try again when it has ended');
    await delay(attemptPauseMs);
  }
}

/** With ctype C or POSIX PostgreSQL takes no character beyond ASCII for a letter, and Chinese would not be found. */
async function refuseUnsuitable(dataSource: DataSource): Promise<void> {
  const [found] = await dataSource.query<{ encoding: string; ctype: string }[]>(
    `select pg_encoding_to_char(encoding) as encoding, datctype as ctype
     from pg_database where datname = current_database()`,
  );
  if (found?.encoding !== 'UTF8' || ['C', 'POSIX'].includes(found.ctype)) {
    throw new UnsuitableDatabaseError(
      `the database has encoding ${found?.encoding} and ctype ${found?.ctype}; it needs UTF8 and a ctype ` +
        `such as C.UTF-8: create database … encoding 'UTF8' lc_ctype 'C.UTF-8' template template0`,
    );
  }
}
