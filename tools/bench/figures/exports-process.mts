/**
 * One export in a process of its own, as `export` or as `copy`, with memory to compare. Tells its parent what it took.
 * Arguments: which, the database's URL, the days of its retention, `count` to count records, which takes time.
 */
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { backgroundExport, openMessageStore } from '@chat-history/message-store';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { exported } from './exports-select.mts';

const [which = '', databaseUrl = '', retentionDays = '', count = ''] = process.argv.slice(2);
const mebibyte = 1_048_576;

/** Ends of lines outside of quotes, of which a quote within quotes is two. The header is a record, too. */
class RecordCount {
  count = 0;
  #isQuoted = false;

  add(chunk: Buffer): void {
    for (const byte of chunk) {
      if (byte === 0x22) this.#isQuoted = !this.#isQuoted;
      else if (byte === 0x0a && !this.#isQuoted) this.count++;
    }
  }
}

/** Takes bytes as a socket does: asynchronously, and no faster than they are asked for. */
class Sink extends Writable {
  bytes = 0;
  readonly records: RecordCount | undefined = count === 'count' ? new RecordCount() : undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.bytes += chunk.length;
    this.records?.add(chunk);
    setImmediate(done);
  }
}

const sink = new Sink({ highWaterMark: 65_536 });
const { ms, growthMiB } = which === 'copy' ? await copy() : await exportCsv();
process.send?.({ ms, growthMiB, bytes: sink.bytes, records: sink.records?.count });
process.disconnect?.();

async function exportCsv() {
  const store = openMessageStore({
    databaseUrl,
    retentionDays: Number(retentionDays),
    spoolDir: '/nonexistent',
    applicationName: 'chat-history bench export',
    logger: console,
  });
  await store.ping();
  const measured = await measure(async () => {
    const request = { filter: {}, format: 'csv', order: 'time', timeZone: 'UTC', gzip: false } as const;
    const file = await store.exports.open(request, new AbortController().signal, backgroundExport);
    await pipeline(file.stream, sink);
  });
  await store.close();
  return measured;
}

async function copy() {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  const measured = await measure(() =>
    pipeline(client.query(copyTo(`copy (${exported}) to stdout (format csv, header)`)), sink),
  );
  await client.end();
  return measured;
}

/** Memory is looked at ten times a second, and grows from where it is before the first row is asked for. */
async function measure(work: () => Promise<void>): Promise<{ ms: number; growthMiB: number }> {
  const before = process.memoryUsage.rss();
  let most = before;
  const look = () => (most = Math.max(most, process.memoryUsage.rss()));
  const looking = setInterval(look, 100);
  const startedAt = performance.now();
  await work();
  const ms = performance.now() - startedAt;
  clearInterval(looking);
  look();
  return { ms, growthMiB: (most - before) / mebibyte };
}
