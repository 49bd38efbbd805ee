import type { Queryable } from '../database.js';
import type { MessageRole } from '../message.js';
import { messageCounts } from '../session-counts.js';

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

/** How many messages a session has, in all and by role; bigints come as text. */
interface CountsRow {
  session_name: string;
  message_count: string;
  user_count: string;
  assistant_count: string;
  agent_count: string;
}

/** What a list shows of a session, and what `chat_sessions` keeps of it beside. */
export interface SessionRow extends CountsRow {
  started_at: Date;
  first_message_at: Date;
  /** The last one in the range that was asked for. */
  last_message_at: Date;
  last_role: MessageRole;
  last_message_preview: string;
  /** Of all, whatever the range. */
  latest_message_at: Date;
}

/** What a row needs of `chat_sessions kept` beside its last message. */
export const keptColumns = `
  kept.session_name, kept.started_at, kept.first_message_at, kept.last_message_at as latest_message_at,
  kept.message_count, kept.user_count, kept.assistant_count, kept.agent_count`;

/**
 * The rows as sessions. `chat_sessions` still counts messages that expired since the last clean-up: sessions that have
 * some are counted anew, and left out when nothing is left of them any more.
 */
export async function retainedSessions(
  database: Queryable,
  rows: readonly SessionRow[],
  cutoff: Date,
  signal?: AbortSignal,
): Promise<ChatSession[]> {
  const expiring = rows.filter((row) => row.first_message_at < cutoff);
  if (expiring.length === 0) return rows.map((row) => sessionOf(row, row));
  const latest = Math.max(...expiring.map((row) => row.latest_message_at.getTime()));
  const counts = await database.query<CountsRow>(
    countRetained,
    [expiring.map((row) => row.session_name), cutoff.toISOString(), new Date(latest).toISOString()],
    signal,
  );
  const counted = new Map(counts.map((row) => [row.session_name, row]));
  return rows.flatMap((row) => {
    const own = row.first_message_at < cutoff ? counted.get(row.session_name) : row;
    return own ? [sessionOf(row, own)] : [];
  });
}

const countRetained = `
  select session_name, ${messageCounts}
  from chat_messages
  where session_name = any($1) and created_at >= $2 and created_at <= $3
  group by session_name`;

function sessionOf(row: SessionRow, counts: CountsRow): ChatSession {
  return {
    sessionName: row.session_name,
    startedAt: row.started_at,
    lastMessageAt: row.last_message_at,
    lastRole: row.last_role,
    lastMessagePreview: row.last_message_preview,
    messageCount: Number(counts.message_count),
    userCount: Number(counts.user_count),
    assistantCount: Number(counts.assistant_count),
    agentCount: Number(counts.agent_count),
  };
}
