import type { Queryable } from '../database.js';
import type { Message } from '../message.js';
import { maxHits } from './hit-count.js';
import type { Bound } from './hit-statement.js';
import { messageColumns, messageOf, type MessageRow } from './message-row.js';
import { maxPageBytes } from './page-budget.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import type { FoundPage, PageSearch } from './page-search.js';
import { byRelevance, HitRanking, type RankedHit, type RankKey } from './hit-ranking.js';

/**
 * Every page ranks the hits of the first one anew: the newest 1,000 when it was asked for, which its cursors hold at
 * both ends. So what is said meanwhile shifts nothing, and nobody has to keep them.
 */
interface RankedStretch {
  readonly bounds: readonly Bound[];
  readonly isAll: boolean;
  /** The last hit of the page before. */
  readonly last?: RankKey;
}

/** A page of the newest 1,000 hits, the best first. */
export async function relevancePage(
  { database, reader, asked, limit, cursor, identity, signal }: PageSearch,
  tsquery: string,
): Promise<FoundPage> {
  const earlier = cursor === undefined ? undefined : stretchOf(identity, cursor);
  // One more tells on the first page whether there are others; what came late into the stretch pushes nothing out of it.
  const found = new HitRanking(earlier ? 2 * maxHits : maxHits + 1, tsquery);
  await reader.read({ ...asked, bounds: earlier?.bounds ?? [] }, found);
  const hits = earlier ? found.hits : found.hits.slice(0, maxHits);
  const stretch = earlier ?? { bounds: boundsOf(hits), isAll: found.hits.length <= maxHits };

  const { last } = stretch;
  const left = hits.sort(byRelevance).filter((hit) => last === undefined || byRelevance(last, hit) < 0);
  const page = left.slice(0, fittingOf(left, limit));
  const end = page.at(-1);
  return {
    messages: await messagesOf(page, database, signal),
    nextCursor: end && left.length > page.length ? cursorOf(identity, stretch, end) : null,
    ranked: { hits: Math.min(hits.length, maxHits), isAll: stretch.isAll },
  };
}

/** How many of the hits a page holds: a number of them and of bytes, but one at least. */
function fittingOf(hits: readonly RankedHit[], limit: number): number {
  let bytes = 0;
  const tooMany = hits.findIndex((hit, at) => {
    bytes += hit.bytes;
    return at > 0 && (at === limit || bytes > maxPageBytes);
  });
  return tooMany === -1 ? hits.length : tooMany;
}

function boundsOf(hits: readonly RankedHit[]): Bound[] {
  const [newest, oldest] = [hits[0], hits.at(-1)];
  if (!newest || !oldest) return [];
  return [boundAt('<=', newest), boundAt('>=', oldest)];
}

function boundAt(side: Bound['side'], { created_at, id }: RankedHit): Bound {
  return { side, createdAt: created_at.toISOString(), id };
}

function cursorOf(identity: object, { bounds, isAll }: RankedStretch, { rank, created_at, id }: RankKey) {
  const ends = bounds.flatMap(({ createdAt, id: end }) => [createdAt, end]);
  const extent = isAll ? 'all' : 'newest';
  return encodeCursor(identity, [...ends, extent, String(rank), created_at.toISOString(), id]);
}

/** @throws InvalidCursorError */
function stretchOf(identity: object, cursor: string): RankedStretch {
  const [newestAt = '', newest = '', oldestAt = '', oldest = '', extent, rank, createdAt = '', id = ''] =
    decodeCursor(identity, cursor, ['time', 'uuid', 'time', 'uuid', 'text', 'text', 'time', 'uuid']);
  return {
    bounds: [
      { side: '<=', createdAt: newestAt, id: newest },
      { side: '>=', createdAt: oldestAt, id: oldest },
    ],
    isAll: extent === 'all',
    last: { rank: Number(rank), created_at: new Date(createdAt), id },
  };
}

/** Opens as few partitions at once as a search does. */
const maxSpanMs = 15 * 86_400_000;

/** In the order of the hits. */
async function messagesOf(hits: readonly RankedHit[], database: Queryable, signal: AbortSignal) {
  const found = new Map<string, Message>();
  for (const near of nearInTime(hits)) {
    const rows = await database.query<MessageRow>(
      messagesByKey,
      [
        near.map((hit) => hit.session_name),
        near.map((hit) => hit.created_at.toISOString()),
        near.map((hit) => hit.id),
        near.at(-1)?.created_at.toISOString(),
        near[0]?.created_at.toISOString(),
      ],
      signal,
    );
    for (const row of rows) found.set(keyOf(row), messageOf(row));
  }
  // What expired since it was ranked is left out.
  return hits.flatMap((hit) => found.get(keyOf(hit)) ?? []);
}

/** Sessions may have one id in common, of an import; a line break is in no session's name. */
function keyOf({ session_name, id }: Pick<RankedHit, 'session_name' | 'id'>): string {
  return `${session_name}\n${id}`;
}

/** The hits in groups that lie within a few days each, newest first. */
function nearInTime(hits: readonly RankedHit[]): RankedHit[][] {
  const groups: RankedHit[][] = [];
  for (const hit of [...hits].sort((one, other) => other.created_at.getTime() - one.created_at.getTime())) {
    const group = groups.at(-1);
    const newest = group?.[0]?.created_at.getTime() ?? Infinity;
    if (group && newest - hit.created_at.getTime() <= maxSpanMs) group.push(hit);
    else groups.push([hit]);
  }
  return groups;
}

const messagesByKey = `
  select ${messageColumns}
  from unnest($1::text[], $2::timestamptz[], $3::uuid[]) as hit (session_name, created_at, id)
  join chat_messages m on m.session_name = hit.session_name and m.created_at = hit.created_at and m.id = hit.id
  where m.created_at >= $4::timestamptz and m.created_at <= $5::timestamptz`;
