import { buffer } from 'node:stream/consumers';
import { backgroundExport, openMessageStore } from '@chat-history/message-store';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const never = new AbortController().signal;

/** All messages of a database as an export job writes them. @param spoolDir stays empty: nothing is written. */
export async function exported(
  databaseUrl: string,
  shape: { readonly format: 'csv-raw' | 'jsonl'; readonly gzip: boolean },
  spoolDir: string,
): Promise<Buffer> {
  const options = { databaseUrl, spoolDir, retentionDays: 30, applicationName: 'spec', logger: silent };
  const store = openMessageStore(options);
  try {
    const request = { ...shape, filter: {}, order: 'time', timeZone: 'UTC' } as const;
    const { stream } = await store.exports.open(request, never, backgroundExport);
    return await buffer(stream);
  } finally {
    await store.close();
  }
}
