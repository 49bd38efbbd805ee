import { z } from 'zod';
import { chatMessage } from './message.contract.js';
import { cursor, limit } from './query-parts.js';
import { chatSession } from './session-list.contract.js';

/** Where a transcript opens: at its beginning, `around` a message, at its `latest` end, or where a cursor points. */
export const transcriptQuery = z
  .strictObject({
    cursor: cursor.optional(),
    limit,
    around: z
      .union([z.uuid(), z.literal('latest')], { error: 'must be a message id or "latest"' })
      .optional(),
  })
  .refine((query) => !(query.cursor && query.around), {
    error: 'must not be given together with cursor',
    path: ['around'],
  });
export type TranscriptQuery = z.infer<typeof transcriptQuery>;

/** Oldest first; `prev_cursor` leads to older messages, `next_cursor` to newer ones, null at the edge. */
export const transcriptPage = z
  .object({
    session: chatSession,
    items: z.array(chatMessage),
    prev_cursor: z.string().nullable(),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'TranscriptPage' });
export type TranscriptPage = z.infer<typeof transcriptPage>;
