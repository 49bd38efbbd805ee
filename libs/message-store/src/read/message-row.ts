import type { Message, MessageRole, MessageStatus } from '../message.js';

/** The columns of `chat_messages` that make a message, for a select list; `m` is the table's alias. */
export const messageColumns =
  'm.session_name, m.created_at, m.id, m.role, m.content, m.response_time_ms, m.agent_id, m.agent_name, m.status, m.metadata';

export interface MessageRow {
  session_name: string;
  created_at: Date;
  id: string;
  role: MessageRole;
  content: string;
  response_time_ms: number | null;
  agent_id: string | null;
  agent_name: string | null;
  status: MessageStatus;
  metadata: Record<string, unknown> | null;
}

export function messageOf(row: MessageRow): Message {
  return {
    sessionName: row.session_name,
    createdAt: row.created_at,
    id: row.id,
    role: row.role,
    content: row.content,
    responseTimeMs: row.response_time_ms,
    agentId: row.agent_id,
    agentName: row.agent_name,
    status: row.status,
    metadata: row.metadata,
  };
}
