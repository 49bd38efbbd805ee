import { z } from 'zod';
import { chatMessage, messageRole, messageStatus } from './message.contract.js';
import { cursor, flag, limit, rangeIsForward, rangeIsForwardFault, rangeShape } from './query-parts.js';
import { sessionName } from './session-name.contract.js';

/** The longest query, in UTF-16 code units. */
export const maxQueryCharacters = 500;

/** Hits beyond these are neither counted nor ranked. */
const maxHitsCounted = 1_000;
const maxHitsRanked = 1_000;

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

/** By time either way, or the best matches first: that is a matter of words, so `relevance` needs `q`. */
const searchOrder = z.enum(['newest', 'oldest', 'relevance'], {
  error: 'must be newest, oldest or relevance',
});
export type SearchOrder = z.infer<typeof searchOrder>;

/** With `count=true` the page also says how many messages match. A cursor is good for its own order alone. */
export const searchQuery = z
  .strictObject({
    ...messageFilter,
    order: searchOrder.default('newest'),
    count: flag,
    cursor: cursor.optional(),
    limit,
  })
  .refine(rangeIsForward, rangeIsForwardFault)
  .refine(({ order, q }) => order !== 'relevance' || (q !== undefined && q.trim() !== ''), {
    error: 'must be newest or oldest without q: relevance is that of words',
    path: ['order'],
  });
export type SearchQuery = z.infer<typeof searchQuery>;

/** A piece of a message's text; `hit` where the query matched it. */
export const segment = z.object({ text: z.string(), hit: z.boolean() }).meta({ id: 'Segment' });
export type Segment = z.infer<typeof segment>;

/** A message that was found, with the place of the hit as at most 240 characters of text pieces, never HTML. */
const searchHit = z.object({ message: chatMessage, segments: z.array(segment) }).meta({ id: 'SearchHit' });
export type SearchHit = z.infer<typeof searchHit>;

/** How many messages match: counted to the end (`exact`), or only so far that there are `value` or more (`at_least`). */
const hitCount = z
  .object({ value: z.int().nonnegative().max(maxHitsCounted), relation: z.enum(['exact', 'at_least']) })
  .meta({ id: 'HitCount' });
export type HitCount = z.infer<typeof hitCount>;

/** By relevance the newest hits alone are ranked: how many, and whether these are all there are. */
const rankedHits = z
  .object({ hits: z.int().nonnegative().max(maxHitsRanked), is_all: z.boolean() })
  .meta({ id: 'RankedHits' });
export type RankedHits = z.infer<typeof rankedHits>;

/** `count` where it was asked for, `ranked` with `order=relevance`. */
export const searchPage = z
  .object({
    items: z.array(searchHit),
    next_cursor: z.string().nullable(),
    count: hitCount.optional(),
    ranked: rankedHits.optional(),
  })
  .meta({ id: 'SearchPage' });
export type SearchPage = z.infer<typeof searchPage>;
