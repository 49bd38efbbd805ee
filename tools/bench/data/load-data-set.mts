import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { migrateUp } from '@chat-history/message-store';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withConnection } from '../connection.mts';
import { copyChunks, copyColumns } from './copy-text.mts';
import type { DataSet } from './data-set.mts';
import { days, messagesOfDay } from './generate-messages.mts';
import { sessionsFromMessages } from './sessions-from-messages.mts';

export interface Loading {
  /** As whom databases are made. */
  readonly server: string;
  readonly stopping: AbortSignal;
  readonly log: (line: string) => void;
}

const searchIndex = 'chat_messages_content_tsv_idx';

/**
 * Loads a data set into a fresh database as an import would: COPY with the trigger on, the search index afterwards.
 * Streams, so that memory does not grow with the size. Two connections, for the trigger is what costs, and it runs in
 * the connection's own process.
 */
export async function loadDataSet(url: string, dataSet: DataSet, loading: Loading): Promise<void> {
  await migrateUp(url);
  await withConnection(url, loading.stopping, (one) =>
    withConnection(url, loading.stopping, (other) => load([one, other], dataSet, loading)),
  );
}

async function load(
  clients: readonly [pg.Client, pg.Client],
  dataSet: DataSet,
  loading: Loading,
): Promise<void> {
  const [client] = clients;
  for (let back = days - 1; back >= 0; back--) {
    await client.query('select make_chat_messages_partition($1::date)', [utcDay(dataSet.daysBack(back))]);
  }
  const indexDefinition = await dropSearchIndex(client);
  const step = stepLogger(dataSet, loading);
  await copyAll(clients, dataSet, loading, step);
  await buildSearchIndex(clients, indexDefinition);
  step('search index built');
  await client.query(`set work_mem = '512MB'`);
  await client.query(sessionsFromMessages);
  step('sessions made');
  // Settles what autovacuum would in its own time: visibility maps, statistics.
  await client.query('vacuum (analyze) chat_messages, chat_sessions');
  await client.query('checkpoint');
  step('vacuumed');
}

async function copyAll(
  clients: readonly pg.Client[],
  dataSet: DataSet,
  { stopping }: Loading,
  step: (what: string) => void,
): Promise<void> {
  const waiting = Array.from({ length: days }, (_, day) => day);
  await Promise.all(
    clients.map(async (client) => {
      for (let day = waiting.shift(); day !== undefined; day = waiting.shift()) {
        const lines = Readable.from(copyChunks(messagesOfDay(dataSet.plan, day)), { objectMode: false });
        const into = client.query(copyFrom(`copy chat_messages (${copyColumns}) from stdin`));
        await pipeline(lines, into, { signal: stopping });
        step(`day ${day + 1} of ${days} copied`);
      }
    }),
  );
}

/** @returns the statement that makes it, as the migrations did. */
async function dropSearchIndex(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ definition: string }>(
    `select pg_get_indexdef($1::regclass) as definition`,
    [searchIndex],
  );
  await client.query(`drop index ${searchIndex}`);
  return rows[0]?.definition ?? '';
}

/** Partition by partition, two at a time; the parent's index becomes valid when the last one is attached. */
async function buildSearchIndex(clients: readonly [pg.Client, pg.Client], definition: string): Promise<void> {
  const [client] = clients;
  await client.query(definition);
  const { rows: partitions } = await client.query<{ name: string }>(
    `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'chat_messages'::regclass order by 1`,
  );
  const waiting = partitions.map(({ name }) => name);
  await Promise.all(
    clients.map(async (each) => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const index = `${name}_content_tsv_idx`;
        await each.query(definition.replace(searchIndex, index).replace(/ ON ONLY \S+ /, ` ON ${name} `));
        await each.query(`alter index ${searchIndex} attach partition ${index}`);
      }
    }),
  );
}

function stepLogger({ size }: DataSet, { log }: Loading): (what: string) => void {
  const startedAt = performance.now();
  return (what) => log(`  ${size}: ${what} (${((performance.now() - startedAt) / 1_000).toFixed(0)} s)`);
}

function utcDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}
