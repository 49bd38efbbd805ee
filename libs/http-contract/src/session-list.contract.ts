import { z } from 'zod';
import { messageRole } from './message.contract.js';
import { cursor, limit, rangeIsForward, rangeIsForwardFault, rangeShape } from './query-parts.js';
import { sessionName } from './session-name.contract.js';

export const sessionListQuery = z
  .strictObject({ ...rangeShape, cursor: cursor.optional(), limit })
  .refine(rangeIsForward, rangeIsForwardFault);
export type SessionListQuery = z.infer<typeof sessionListQuery>;

/** `last_message_at`, `last_role` and the preview (at most 200 characters) are of the last message in the asked range. */
export const chatSession = z
  .object({
    session_name: sessionName,
    started_at: z.iso.datetime(),
    last_message_at: z.iso.datetime(),
    message_count: z.int().nonnegative(),
    user_count: z.int().nonnegative(),
    assistant_count: z.int().nonnegative(),
    agent_count: z.int().nonnegative(),
    last_role: messageRole,
    last_message_preview: z.string(),
  })
  .meta({ id: 'ChatSession' });
export type ChatSession = z.infer<typeof chatSession>;

export const sessionListPage = z
  .object({ items: z.array(chatSession), next_cursor: z.string().nullable() })
  .meta({ id: 'SessionListPage' });
export type SessionListPage = z.infer<typeof sessionListPage>;
