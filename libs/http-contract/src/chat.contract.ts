import { z } from 'zod';
import { messageStatus } from './message.contract.js';
import { problem } from './problem.contract.js';
import { sessionName } from './session-name.contract.js';

/** In UTF-16 code units, as JavaScript counts. */
const maxChatMessageCharacters = 32_000;

/** Proves that a session is the caller's: the answer that began the session gave it. Opaque. */
const sessionToken = z.string().min(1).max(256);

export const chatRequest = z
  .strictObject({
    message: z
      .string()
      .max(maxChatMessageCharacters)
      .refine((text) => text.trim() !== '', { error: 'must not be empty' }),
    session_name: sessionName.optional(),
    session_token: sessionToken.optional(),
  })
  .refine((request) => request.session_token === undefined || request.session_name !== undefined, {
    error: 'must be given with its session_token',
    path: ['session_name'],
  })
  .meta({ id: 'ChatRequest' });
export type ChatRequest = z.infer<typeof chatRequest>;

/**
 * One turn: the customer's message (`message_id`) and the bot's reply (`reply_id`), as they are kept. The turn that
 * began the session has its `session_token` too.
 */
export const chatResponse = z
  .object({
    session_name: sessionName,
    session_token: sessionToken.optional(),
    message_id: z.uuid(),
    reply: z.string(),
    reply_id: z.uuid(),
    response_time_ms: z.int().nonnegative(),
    status: messageStatus,
  })
  .meta({ id: 'ChatResponse' });
export type ChatResponse = z.infer<typeof chatResponse>;

/** The first event of a stream, `session`. */
export const chatStreamSession = z
  .object({ session_name: sessionName, session_token: sessionToken.optional(), message_id: z.uuid() })
  .meta({ id: 'ChatStreamSession' });
export type ChatStreamSession = z.infer<typeof chatStreamSession>;

/** The answer to a turn that was taken and whose reply is not whole: with it a customer can go on in the session. */
export const chatProblem = problem
  .extend({ ...chatStreamSession.partial().shape })
  .meta({ id: 'ChatProblem' });
export type ChatProblem = z.infer<typeof chatProblem>;

/** One event `delta`: the next piece of the reply. */
export interface ChatStreamDelta {
  readonly text: string;
}
