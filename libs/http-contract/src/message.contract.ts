import { z } from 'zod';
import { sessionName } from './session-name.contract.js';

/** Who said it: the customer (`user`), the bot (`assistant`) or a person of the company (`agent`). */
export const messageRole = z.enum(['user', 'assistant', 'agent']);
export type MessageRole = z.infer<typeof messageRole>;

/** `interrupted`: the text so far of an answer that was cut; `failed`: the bot said nothing. */
export const messageStatus = z.enum(['complete', 'interrupted', 'failed']);
export type MessageStatus = z.infer<typeof messageStatus>;

export const chatMessage = z
  .object({
    session_name: sessionName,
    created_at: z.iso.datetime(),
    id: z.uuid(),
    role: messageRole,
    content: z.string(),
    response_time_ms: z.int().nonnegative().nullable(),
    agent_id: z.string().nullable(),
    agent_name: z.string().nullable(),
    status: messageStatus,
    metadata: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'ChatMessage' });
export type ChatMessage = z.infer<typeof chatMessage>;

/** The most an agent may write at once, in UTF-16 code units; the same as a customer. */
const maxAgentMessageCharacters = 32_000;

/** Who answers is taken from the token, so a body that names an agent is refused. */
export const agentMessageRequest = z
  .strictObject({
    content: z
      .string()
      .max(maxAgentMessageCharacters)
      .refine((text) => text.trim() !== '', { error: 'must not be empty' }),
  })
  .meta({ id: 'AgentMessageRequest' });
export type AgentMessageRequest = z.infer<typeof agentMessageRequest>;
