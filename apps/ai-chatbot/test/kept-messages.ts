import { setTimeout as delay } from 'node:timers/promises';
import type { TestDatabase } from '@chat-history/message-store/testing';

export interface KeptMessage {
  readonly id: string;
  readonly role: string;
  readonly content: string;
  readonly status: string;
  readonly response_time_ms: number | null;
}

/** The session's messages, in their order, once there are `count` of them: what is spooled comes later. */
export async function keptMessages(
  database: TestDatabase,
  sessionName: string,
  count: number,
): Promise<KeptMessage[]> {
  for (;;) {
    const rows = await database.query<KeptMessage>(
      `select id, role, content, status, response_time_ms from chat_messages
       where session_name = $1 order by created_at, id`,
      [sessionName],
    );
    if (rows.length >= count) return rows;
    await delay(10);
  }
}
