import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Message } from '@chat-history/message-store';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { copyChunks, copyColumns } from '../data/copy-text.mts';

/** What is written by COPY over one connection. */
export class CopyTable {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<CopyTable> {
    return new CopyTable(await connectWithPartitions(url));
  }

  /** @returns messages a second; that the lines are made takes no part of it, as if they were in a file. */
  async write(messages: readonly Message[]): Promise<number> {
    const chunks = [...copyChunks(messages)];
    const startedAt = performance.now();
    const into = this.#client.query(copyFrom(`copy chat_messages (${copyColumns}) from stdin`));
    await pipeline(Readable.from(chunks, { objectMode: false }), into);
    return (messages.length / (performance.now() - startedAt)) * 1_000;
  }

  async sum(): Promise<string> {
    return sumOver(this.#client);
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

/** What is written by one INSERT a message over one connection, each planned once and awaited. */
export class InsertTable {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string): Promise<InsertTable> {
    return new InsertTable(await connectWithPartitions(url));
  }

  /** @returns messages a second */
  async write(messages: readonly Message[]): Promise<number> {
    const startedAt = performance.now();
    for (const message of messages) {
      const {
        sessionName,
        createdAt,
        id,
        role,
        content,
        responseTimeMs,
        agentId,
        agentName,
        status,
        metadata,
      } = message;
      await this.#client.query({
        name: 'insert-one',
        text: `insert into chat_messages (${copyColumns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        values: [
          sessionName,
          createdAt,
          id,
          role,
          content,
          responseTimeMs,
          agentId,
          agentName,
          status,
          metadata,
        ],
      });
    }
    return (messages.length / (performance.now() - startedAt)) * 1_000;
  }

  async close(): Promise<void> {
    await this.#client.end();
  }
}

async function connectWithPartitions(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // The databases of a run that is stopped are dropped under it; what is asked then fails by itself.
  client.on('error', () => undefined);
  await client.connect();
  // The writer makes those ahead, too: a run may go on past midnight.
  for (let ahead = 0; ahead < 2; ahead++) {
    const day = new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
    await client.query('select make_chat_messages_partition($1::date)', [day]);
  }
  return client;
}

/** Two tables with the same sum have the same messages. */
export async function sumOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await sumOver(client);
  } finally {
    await client.end();
  }
}

async function sumOver(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ sum: string }>(`
    select count(*) || ' messages, ' ||
           sum(hashtextextended(session_name || created_at::text || id::text || content, 0)) as sum
    from chat_messages`);
  return rows[0]?.sum ?? '';
}
