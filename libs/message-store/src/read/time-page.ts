import { HitPage } from './hit-page.js';
import type { Bound } from './hit-statement.js';
import { messageOf } from './message-row.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import type { FoundPage, PageSearch } from './page-search.js';

/** A page in the order of time. */
export async function timePage({ asked, reader, limit, cursor, identity }: PageSearch): Promise<FoundPage> {
  const page = new HitPage(limit);
  const bounds = cursor === undefined ? [] : [boundAfter(cursor, identity, asked.order)];
  await reader.read({ ...asked, bounds }, page);
  const messages = page.rows.slice(0, limit).map(messageOf);
  const last = messages.at(-1);
  const nextCursor =
    last && page.hasMore ? encodeCursor(identity, [last.createdAt.toISOString(), last.id]) : null;
  return { messages, nextCursor };
}

/** @throws InvalidCursorError */
function boundAfter(cursor: string, identity: object, order: 'newest' | 'oldest'): Bound {
  const [createdAt = '', id = ''] = decodeCursor(identity, cursor, ['time', 'uuid']);
  return { side: order === 'newest' ? '<' : '>', createdAt, id };
}
