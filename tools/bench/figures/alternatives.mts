import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withConnection } from '../connection.mts';
import { copyChunks, copyColumns } from '../data/copy-text.mts';
import type { DataSet } from '../data/data-set.mts';
import { terms } from '../data/terms.mts';
import type { Bench, Figure, FigureResult } from '../figure.mts';
import { median } from '../statistics.mts';
import { p95InTurn, roundsOf, timeOf } from '../timing.mts';
import { withStores } from './reading-store.mts';

/** Beyond it an alternative counts as lost, and nobody waits for it. */
const timeoutMs = 60_000;

const searches: Readonly<Record<string, string>> = {
  'a rare word': terms.rare,
  'a common word': terms.common,
  'two CJK characters': terms.cjkPeer,
  'one CJK character': terms.rareCjkCharacter,
  'part of a code': terms.codePart,
  'a word that stopped 20 days ago': terms.stopped,
  'a word that nobody said': terms.nowhere,
};

/**
 * What comparable systems do in PostgreSQL: `ILIKE` over everything, and the same with an index of trigrams. Neither
 * knows stems, accents or words, so they find other messages too; only their time is compared.
 */
export const alternatives: Figure = {
  name: 'alternatives',
  title: 'The same searches by ILIKE and by pg_trgm',
  needs: ['100k'],
  async measure(bench) {
    const database = await bench.database(bench.size === '100k' ? '100k' : '1M');
    const { dataSet } = database;
    const ours = await withStores([database], ([store]) => {
      const calls = Object.values(searches).map(
        (q) => () => store!.search.find({ q, to: dataSet.to, limit: 50 }),
      );
      return p95InTurn(bench, calls, roundsOf(bench));
    });
    const { url } = await bench.scratchDatabase();
    return withConnection(url, bench.stopping, async (client) => {
      await copyMessages(client, dataSet, bench.stopping);
      const byScan = await byIlike(bench, client);
      await client.query('create extension pg_trgm');
      const buildMs = await timeOf(() =>
        client.query('create index on chat_messages using gin (content gin_trgm_ops)'),
      );
      await client.query('vacuum (analyze) chat_messages');
      const byTrigrams = await byIlike(bench, client);
      return [
        ...resultsOf(dataSet, 'ILIKE', ours, byScan),
        ...resultsOf(dataSet, 'pg_trgm', ours, byTrigrams),
        { what: 'index of trigrams, built in', value: buildMs / 1_000, unit: 's' },
      ];
    });
  },
};

/** Without a search vector: the alternatives need none. */
async function copyMessages(client: pg.Client, dataSet: DataSet, stopping: AbortSignal): Promise<void> {
  await client.query('drop index chat_messages_content_tsv_idx');
  await client.query('alter table chat_messages disable trigger chat_messages_content_tsv');
  for (let at = dataSet.from.getTime(); at < dataSet.to.getTime(); at += 86_400_000) {
    await client.query('select make_chat_messages_partition($1::date)', [
      new Date(at).toISOString().slice(0, 10),
    ]);
  }
  const lines = Readable.from(copyChunks(dataSet.rows(0, dataSet.messages)), { objectMode: false });
  const into = client.query(copyFrom(`copy chat_messages (${copyColumns}) from stdin`));
  await pipeline(lines, into, { signal: stopping });
  await client.query('vacuum (analyze) chat_messages');
}

/** @returns milliseconds by search; undefined where the time ran out. */
async function byIlike({ quick, stopping }: Bench, client: pg.Client): Promise<(number | undefined)[]> {
  await client.query(`set statement_timeout = ${timeoutMs}`);
  const found: (number | undefined)[] = [];
  for (const typed of Object.values(searches)) {
    const times: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      stopping.throwIfAborted();
      times.push(await timeOf(() => client.query(newestByIlike, [`%${typed}%`])).catch(whenCancelled));
    }
    const middle = median(times);
    found.push(Number.isFinite(middle) ? middle : undefined);
  }
  await client.query('set statement_timeout = 0');
  return found;
}

const newestByIlike = `
  select id, session_name, created_at, role, content from chat_messages
  where content ilike $1 order by created_at desc, id desc limit 50`;

function whenCancelled(error: unknown): number {
  if ((error as { code?: string }).code === '57014') return Infinity;
  throw error;
}

function resultsOf(
  { size }: DataSet,
  how: string,
  ours: readonly number[],
  theirs: readonly (number | undefined)[],
): FigureResult[] {
  return Object.keys(searches).map((kind, index) => {
    const [value, other] = [ours[index]!, theirs[index]];
    const result = { what: `${kind}, beside ${how} at ${size}`, value, unit: 'ms' };
    if (other === undefined) return { ...result, note: `${how}: over ${timeoutMs / 1_000} s` };
    return { ...result, beside: { what: how, value: other }, ratio: other / value };
  });
}
