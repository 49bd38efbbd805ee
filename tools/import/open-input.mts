import { createReadStream } from 'node:fs';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const chunkBytes = 262_144;
const gzipMagic = Buffer.from([0x1f, 0x8b]);

/**
 * The bytes of a file, or of standard input for `-`; unpacked when they are gzip's, whatever the file's name.
 * @param stop ends the reading with an error, also while nothing comes.
 */
export async function* openInput(file: string, stop: AbortSignal): AsyncGenerator<Buffer> {
  const input = addAbortSignal(
    stop,
    file === '-' ? process.stdin : createReadStream(file, { highWaterMark: chunkBytes }),
  );
  const chunks = input[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await atLeast(gzipMagic.length, chunks);
  const whole = Readable.from(behind(first, chunks), { objectMode: false, highWaterMark: chunkBytes });
  if (!first.subarray(0, gzipMagic.length).equals(gzipMagic)) yield* whole;
  // Who reads gets the error of either stream.
  else yield* pipeline(whole, createGunzip({ chunkSize: chunkBytes }), () => undefined);
}

/** Fewer only when there are no more. */
async function atLeast(bytes: number, chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let read: Buffer = Buffer.alloc(0);
  while (read.length < bytes) {
    const next = await chunks.next();
    if (next.done) break;
    read = Buffer.concat([read, next.value]);
  }
  return read;
}

async function* behind(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}
