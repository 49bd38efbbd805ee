import type { Request, Response } from 'express';
import { RangeNotSatisfiableError, TooManyDownloadsError } from './export.errors.js';
import { sendFile } from './send-file.js';
import { ExportStorageError, type ByteRange, type ExportStore } from './store/export-store.js';

export interface SentFile {
  readonly key: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Each holds a file open, and a piece of it in memory. */
const maxAtOnce = 16;

/** A client that takes nothing for so long is cut; it can go on where it was. */
const stallMs = 30_000;

/** Sends stored files, whole or the part that is asked for, so that a broken download resumes (RFC 9110, section 14). */
export class FileSender {
  private sending = 0;

  constructor(private readonly store: ExportStore) {}

  /** @throws RangeNotSatisfiableError TooManyDownloadsError ExportFileMissingError ExportStorageError */
  async send(request: Request, response: Response, file: SentFile): Promise<void> {
    const etag = `"${file.sha256}"`;
    response.set('ETag', etag);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    // It is the file's, and none of a problem that may be the answer still.
    response.removeHeader('ETag');
    const range = request.method === 'HEAD' ? undefined : rangeOf(request, response, etag, file.bytes);
    const headers = {
      ...file.headers,
      ETag: etag,
      'Accept-Ranges': 'bytes',
      'Content-Length': String(range ? range.end - range.start + 1 : file.bytes),
    };
    if (request.method === 'HEAD') {
      response.set(headers).end();
      return;
    }
    await this.sendBytes(response, file, range, headers);
  }

  private async sendBytes(
    response: Response,
    { key, bytes }: SentFile,
    range: ByteRange | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    if (this.sending >= maxAtOnce) throw new TooManyDownloadsError(`${maxAtOnce} files are sent already`);
    this.sending++;
    const answer = range
      ? {
          status: 206,
          headers: { ...headers, 'Content-Range': `bytes ${range.start}-${range.end}/${bytes}` },
        }
      : { headers };
    let isOpen = false;
    try {
      await sendFile(response, answer, async () => {
        const file = await this.store.read(key, range);
        isOpen = true;
        // Not before: a storage that does not answer is another thing, and said with a problem.
        response.setTimeout(stallMs, () => response.destroy());
        return file;
      });
    } catch (error) {
      throw isOpen ? new ExportStorageError('the file broke off', { cause: error }) : error;
    } finally {
      this.sending--;
    }
  }
}

/** One range of the file as it is; with several, or of another file (`If-Range`), the answer is the whole file. */
function rangeOf(request: Request, response: Response, etag: string, bytes: number): ByteRange | undefined {
  const wanted = request.get('If-Range');
  if (wanted !== undefined && wanted !== etag) return undefined;
  const ranges = request.range(bytes);
  if (ranges === -1) {
    response.set('Content-Range', `bytes */${bytes}`);
    throw new RangeNotSatisfiableError('no such bytes');
  }
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined;
  return ranges[0];
}
