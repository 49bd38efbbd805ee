import type { MessageRole, MessageStatus } from '@chat-history/message-store';
import pg from 'pg';

export interface StoredMessage {
  readonly id: string;
  readonly role: MessageRole;
  readonly content: string;
  readonly status: MessageStatus;
}

/** A session as the database has it. */
export interface StoredSession {
  /** By (created_at, id). */
  readonly messages: readonly StoredMessage[];
  /** What its row in the session list says; null without one. */
  readonly countedMessages: number | null;
}

const chunkSize = 500;
const timeoutMs = 60_000;

/** Reads the sessions straight from the tables. */
export async function readSessions(
  databaseUrl: string,
  names: readonly string[],
): Promise<Map<string, StoredSession>> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 10_000,
    query_timeout: timeoutMs,
  });
  // A server that dies in between fails the query; that is enough.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const sessions = new Map<string, StoredSession>();
    for (let at = 0; at < names.length; at += chunkSize) {
      const chunk = names.slice(at, at + chunkSize);
      const counted = await client.query<{ name: string; count: string }>(
        'select session_name as name, message_count as count from chat_sessions where session_name = any($1)',
        [chunk],
      );
      const counts = new Map(counted.rows.map(({ name, count }) => [name, Number(count)]));
      const { rows } = await client.query<StoredMessage & { name: string }>(
        `select session_name as name, id, role, content, status from chat_messages
         where session_name = any($1) order by session_name, created_at, id`,
        [chunk],
      );
      const bySession = Map.groupBy(rows, ({ name }) => name);
      for (const name of chunk) {
        sessions.set(name, {
          messages: bySession.get(name) ?? [],
          countedMessages: counts.get(name) ?? null,
        });
      }
    }
    return sessions;
  } finally {
    await client.end();
  }
}
