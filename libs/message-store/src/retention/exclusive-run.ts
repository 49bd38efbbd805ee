import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { advisoryLocks } from '../advisory-locks.js';
import { asStoreError } from '../database.js';
import { RetentionLockLostError } from '../message-store.errors.js';

export const anotherWorkerIsRunning = 'another worker is running';

const connectTimeoutMs = 10_000;
/** A connection that does not answer within this is lost; asked so often that a run soon knows. */
const heartbeatMs = 5_000;

/**
 * Lets one of several workers run, by an advisory lock that its connection holds: PostgreSQL gives it back whatever
 * becomes of the worker. The connection is its own, because a pool would close or lend it.
 */
export class ExclusiveRun {
  readonly #databaseUrl: string;
  readonly #applicationName: string;

  constructor(databaseUrl: string, applicationName: string) {
    this.#databaseUrl = databaseUrl;
    this.#applicationName = applicationName;
  }

  /**
   * @param work gets a signal that aborts, with a RetentionLockLostError, when the lock is lost: from then on another
   * worker may be running, so it has to stop.
   * @throws StoreUnavailableError
   */
  async run<Result>(
    work: (lost: AbortSignal) => Promise<Result>,
  ): Promise<Result | typeof anotherWorkerIsRunning> {
    const client = new Client({
      connectionString: this.#databaseUrl,
      application_name: this.#applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: heartbeatMs,
      keepAlive: true,
    });
    const lost = new AbortController();
    const lose = (cause?: unknown) =>
      lost.abort(new RetentionLockLostError('the connection that holds the lock was lost', { cause }));
    client.on('error', lose);
    client.on('end', () => lose());
    let heartbeat: NodeJS.Timeout | undefined;
    try {
      if (!(await lock(client))) return anotherWorkerIsRunning;
      heartbeat = setInterval(() => void client.query('select 1').catch(lose), heartbeatMs);
      return await work(lost.signal);
    } finally {
      clearInterval(heartbeat);
      // A server that hangs does not say goodbye.
      await Promise.race([client.end(), delay(heartbeatMs, undefined, { ref: false })]);
    }
  }
}

async function lock(client: Client): Promise<boolean> {
  try {
    await client.connect();
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      advisoryLocks.retention,
    ]);
    return rows[0]?.locked === true;
  } catch (error) {
    throw asStoreError(error);
  }
}
