import pg from 'pg';

/**
 * Opens a connection for as long as `work` takes.
 * @param stopping ends it at once, whatever is being asked; `work` then fails.
 */
export async function withConnection<Result>(
  url: string,
  stopping: AbortSignal | undefined,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  stopping?.throwIfAborted();
  const client = new pg.Client({
    connectionString: url,
    application_name: 'chat-history bench',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // What is asked when a connection is lost fails by itself; without a listener the process would end.
  client.on('error', () => undefined);
  await client.connect();
  const end = () => void client.end();
  stopping?.addEventListener('abort', end, { once: true });
  try {
    return await work(client);
  } finally {
    stopping?.removeEventListener('abort', end);
    await client.end();
  }
}
