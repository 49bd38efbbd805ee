import { HitPage } from './hit-page.js';
import { boundBehind } from './hit-statement.js';
import { messageOf } from './message-row.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import type { FoundPage, PageSearch } from './page-search.js';

/** A page in the order of time. */
export async function timePage({ asked, reader, limit, cursor, identity }: PageSearch): Promise<FoundPage> {
  const page = new HitPage(limit);
  const bounds = cursor === undefined ? [] : [boundBehind(...positionOf(cursor, identity), asked.order)];
  await reader.read({ ...asked, bounds }, page);
  const messages = page.rows.slice(0, limit).map(messageOf);
  const last = messages.at(-1);
  const nextCursor =
    last && page.hasMore ? encodeCursor(identity, [last.createdAt.toISOString(), last.id]) : null;
  return { messages, nextCursor };
}

/** @throws InvalidCursorError */
function positionOf(cursor: string, identity: object): [createdAt: string, id: string] {
  const [createdAt = '', id = ''] = decodeCursor(identity, cursor, ['time', 'uuid']);
  return [createdAt, id];
}
