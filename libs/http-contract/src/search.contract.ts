import { z } from 'zod';
import { chatMessage, messageRole, messageStatus } from './message.contract.js';
import { cursor, limit, rangeIsForward, rangeIsForwardFault, rangeShape } from './query-parts.js';
import { sessionName } from './session-name.contract.js';

/** The longest query, in UTF-16 code units. */
export const maxQueryCharacters = 500;

/** Which messages are meant; every part narrows, and a part left out does not. */
export const messageFilter = {
  q: z.string().max(maxQueryCharacters).optional(),
  session_name: sessionName.optional(),
  role: messageRole.optional(),
  agent_id: z.string().min(1).max(255).optional(),
  status: messageStatus.optional(),
  ...rangeShape,
};
export type MessageFilter = {
  [Part in keyof typeof messageFilter]?: z.infer<(typeof messageFilter)[Part]>;
};

export const searchQuery = z
  .strictObject({ ...messageFilter, order: z.literal('newest').optional(), cursor: cursor.optional(), limit })
  .refine(rangeIsForward, rangeIsForwardFault);
export type SearchQuery = z.infer<typeof searchQuery>;

/** A piece of a message's text; `hit` where the query matched it. */
export const segment = z.object({ text: z.string(), hit: z.boolean() }).meta({ id: 'Segment' });
export type Segment = z.infer<typeof segment>;

/** A message that was found, with the place of the hit as at most 240 characters of text pieces, never HTML. */
export const searchHit = z
  .object({ message: chatMessage, segments: z.array(segment) })
  .meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof searchHit>;

export const searchPage = z
  .object({ items: z.array(searchHit), next_cursor: z.string().nullable() })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof searchPage>;
