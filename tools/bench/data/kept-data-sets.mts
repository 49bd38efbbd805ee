import { statfs } from 'node:fs/promises';
import { migrateUp } from '@chat-history/message-store';
import pg from 'pg';
import { StartError } from '../../start/run-to-end.mts';
import { withConnection } from '../connection.mts';
import type { BenchDatabase } from '../figure.mts';
import { benchDir, withDatabase } from './bench-cluster.mts';
import { DataSet, ownSeed, type Origin } from './data-set.mts';
import { dataSizes, type DataSize } from './data-size.mts';
import { generatorVersion } from './generate-messages.mts';
import { countQuarters } from './count-quarters.mts';
import { loadDataSet, type Loading } from './load-data-set.mts';

/** 15 GB are kept; COPY's WAL and the building of an index need more for a while. */
const gigabytesFor10M = 25;

const lock = `hashtext('chat history bench'), hashtext($1)`;

/**
 * The database of a data set: kept from an earlier run if it was made by this generator from this seed, else made.
 * It gets its name when it is whole, so one whose loading was interrupted is not taken for it.
 */
export async function keptDataSet(size: DataSize, seed: number, loading: Loading): Promise<BenchDatabase> {
  const name = `bench_${size.toLowerCase()}${seed === ownSeed ? '' : `_${seed}`}`;
  const url = withDatabase(loading.server, name);
  return withConnection(loading.server, loading.stopping, async (admin) => {
    // Two runs that miss the same data set: the second waits until the first has made it.
    await admin.query(`select pg_advisory_lock(${lock})`, [name]);
    const kept = await originOf(admin, name);
    if (kept?.version === generatorVersion && kept.seed === seed) {
      // The data is of the schema of its day.
      await migrateUp(url);
      const database = { url, dataSet: new DataSet(size, kept) };
      await countQuarters(database, loading);
      return database;
    }
    const dataSet = new DataSet(size, { seed, newestDay: new Date().toISOString().slice(0, 10) });
    await make(admin, name, dataSet, loading);
    await countQuarters({ url, dataSet }, loading);
    return { url, dataSet };
  });
}

/** Drops what interrupted runs have loaded, but not what another run is loading. */
export async function dropUnfinished(server: string): Promise<void> {
  await withConnection(server, undefined, async (admin) => {
    const { rows } = await admin.query<{ name: string }>(
      `select datname as name from pg_database where datname ~ '^bench_.*_unfinished$'`,
    );
    for (const { name } of rows) {
      const whole = [name.slice(0, -'_unfinished'.length)];
      const { rows: tried } = await admin.query<{ isOurs: boolean }>(
        `select pg_try_advisory_lock(${lock}) as "isOurs"`,
        whole,
      );
      if (!tried[0]?.isOurs) continue;
      await admin.query(`drop database if exists ${name} with (force)`);
      await admin.query(`select pg_advisory_unlock(${lock})`, whole);
    }
  });
}

/** @throws StartError when the disk would become full. */
async function checkSpace(): Promise<void> {
  const { bavail, bsize } = await statfs(benchDir);
  const gigabytes = (bavail * bsize) / 1e9;
  if (gigabytes >= gigabytesFor10M) return;
  throw new StartError(
    `10M messages need ${gigabytesFor10M} GB of disk while they are loaded; ${benchDir} has ${gigabytes.toFixed(1)} GB left.`,
  );
}

async function make(admin: pg.Client, name: string, dataSet: DataSet, loading: Loading): Promise<void> {
  const { log, server } = loading;
  if (dataSet.size === '10M') await checkSpace();
  log(`Making ${dataSizes[dataSet.size].toLocaleString('en')} messages; they are kept for the next time …`);
  const unfinished = `${name}_unfinished`;
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`drop database if exists ${unfinished} with (force)`);
  await admin.query(
    `create database ${unfinished} template template0 encoding 'UTF8' lc_collate 'C.UTF-8' lc_ctype 'C.UTF-8'`,
  );
  await loadDataSet(withDatabase(server, unfinished), dataSet, loading);
  await admin.query(
    `comment on database ${unfinished} is ${pg.escapeLiteral(JSON.stringify(dataSet.origin))}`,
  );
  await admin.query(`alter database ${unfinished} rename to ${name}`);
}

async function originOf(admin: pg.Client, name: string): Promise<Origin | undefined> {
  const { rows } = await admin.query<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = $1`,
    [name],
  );
  const comment = rows[0]?.comment;
  return comment ? (JSON.parse(comment) as Origin) : undefined;
}
