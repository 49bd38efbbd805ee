import { z } from 'zod';

/** What is read of Coze's answers; everything else in them is ignored. */
export const cozeChat = z.object({
  id: z.string(),
  conversation_id: z.string(),
  status: z.string().optional(),
  last_error: z.object({ code: z.number().optional() }).nullish(),
});

export const cozeMessage = z.object({
  /** Beside the `answer` there are tool calls, follow-up questions and notes for machines. */
  type: z.string(),
  content: z.string().nullish(),
});

export const cozeMessages = z.array(cozeMessage);
