import { z } from 'zod';

/** Bounds what is kept of them with a session. */
const id = z.string().min(1).max(255);

/** What is read of Coze's answers; everything else in them is ignored. */
export const cozeChat = z.object({
  id,
  conversation_id: id,
  status: z.string().optional(),
  last_error: z.object({ code: z.number().optional() }).nullish(),
});
export type CozeChat = z.infer<typeof cozeChat>;

export const cozeMessage = z.object({
  /** Beside the `answer` there are tool calls, follow-up questions and notes for machines. */
  type: z.string(),
  content: z.string().nullish(),
});

export const cozeMessages = z.array(cozeMessage);
