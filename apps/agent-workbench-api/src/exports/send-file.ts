import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/**
 * Sends a file as it is made. When it cannot be finished the connection is cut: only so can the client tell a part
 * of a file from the whole. A client that goes away ends the making, and is no error.
 * @param answer its status (200 if left out) and headers, sent only once the file was opened.
 * @param open makes the file; whatever it throws becomes the answer. `signal` is aborted when the client is gone.
 */
export async function sendFile(
  response: Response,
  { status = 200, headers }: { readonly status?: number; readonly headers: Readonly<Record<string, string>> },
  open: (signal: AbortSignal) => Promise<Readable>,
): Promise<void> {
  // While guards and pipes were at work.
  if (response.closed) return;
  const gone = new AbortController();
  let file: Readable | undefined;
  response.once('close', () => {
    // When the file failed it is the pipeline that closed the response.
    if (!file?.errored) gone.abort();
  });
  try {
    file = await open(gone.signal);
    response.status(status).set(headers);
    await pipeline(file, response);
  } catch (error) {
    if (!gone.signal.aborted) throw error;
  }
}
