import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

/** Lets a file's bytes through as they are, counts them, and makes their SHA-256. */
export class FileMeter extends Transform {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /** So far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** In hex; once, when the file has ended. */
  digest(): string {
    return this.#hash.digest('hex');
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.length;
    this.#hash.update(chunk);
    done(null, chunk);
  }
}
