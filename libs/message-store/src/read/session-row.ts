import type { MessageRole } from '../message.js';

/** One session as lists show it. Counts are of messages within their retention. */
export interface ChatSession {
  readonly sessionName: string;
  /** When it began, kept when its early messages expire. */
  readonly startedAt: Date;
  readonly lastMessageAt: Date;
  readonly lastRole: MessageRole;
  /** The beginning of the last message, at most 200 characters. */
  readonly lastMessagePreview: string;
  readonly messageCount: number;
  readonly userCount: number;
  readonly assistantCount: number;
  readonly agentCount: number;
}

export interface SessionRow {
  session_name: string;
  started_at: Date;
  last_message_at: Date;
  last_message_id: string;
  last_role: MessageRole;
  last_message_preview: string;
  message_count: string;
  user_count: string;
  assistant_count: string;
  agent_count: string;
}

/**
 * Completes a row `s` of sessions whose last message is known with its start and counts. What is kept in
 * `chat_sessions` still counts messages that expired since the last clean-up; only sessions that have some are
 * counted anew, from the cutoff `$1` on.
 */
export const sessionWithCounts = `
  select s.session_name, kept.started_at, s.last_message_at, s.last_message_id, s.last_role, s.last_message_preview,
         counted.message_count, counted.user_count, counted.assistant_count, counted.agent_count
  from s
  join chat_sessions kept using (session_name)
  cross join lateral (
    select kept.message_count, kept.user_count, kept.assistant_count, kept.agent_count
    where kept.first_message_at >= $1
    union all
    select count(*),
           count(*) filter (where m.role = 'user'),
           count(*) filter (where m.role = 'assistant'),
           count(*) filter (where m.role = 'agent')
    from chat_messages m
    where kept.first_message_at < $1
      and m.session_name = kept.session_name and m.created_at >= $1
    having kept.first_message_at < $1
  ) counted`;

export function sessionOf(row: SessionRow): ChatSession {
  return {
    sessionName: row.session_name,
    startedAt: row.started_at,
    lastMessageAt: row.last_message_at,
    lastRole: row.last_role,
    lastMessagePreview: row.last_message_preview,
    messageCount: Number(row.message_count),
    userCount: Number(row.user_count),
    assistantCount: Number(row.assistant_count),
    agentCount: Number(row.agent_count),
  };
}
