import { openMessageStore, streamedExport } from '@chat-history/message-store';
import { createTestDatabase } from '@chat-history/message-store/testing';
import type { TypedMessage } from './random-messages.mts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The messages, one a millisecond, through a database of their own, in the zone of Shanghai. */
export async function exportedCsv(messages: readonly TypedMessage[]): Promise<Buffer> {
  const database = await createTestDatabase();
  const store = openMessageStore({
    databaseUrl: database.url,
    retentionDays: 30,
    spoolDir: '/nonexistent',
    applicationName: 'check-spreadsheet',
    logger: silent,
  });
  try {
    await database.query(
      `select make_chat_messages_partition((now() - n * interval '1 day')::date) from generate_series(0, 1) n`,
    );
    await database.query(
      `insert into chat_messages (session_name, created_at, id, role, content, agent_id, agent_name, status, response_time_ms)
       select session_name, date_trunc('milliseconds', now()) - interval '1 hour' + n * interval '1 millisecond',
              gen_random_uuid(), 'agent', content, agent_id, agent_name, 'complete', n
       from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality
            as message (session_name, content, agent_id, agent_name, n)`,
      (['session_name', 'content', 'agent_id', 'agent_name'] as const).map((column) =>
        messages.map((message) => message[column]),
      ),
    );
    const request = {
      filter: {},
      format: 'csv',
      order: 'time',
      timeZone: 'Asia/Shanghai',
      gzip: false,
    } as const;
    const { stream } = await store.exports.open(request, new AbortController().signal, streamedExport);
    return Buffer.concat(await stream.toArray());
  } finally {
    await store.close();
    await database.drop();
  }
}
