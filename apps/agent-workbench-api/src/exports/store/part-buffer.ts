import type { Readable } from 'node:stream';

/**
 * Divides a file into parts of one size, the last of which may be smaller, or empty when there is no other. Each lies in
 * the same memory: it is good until the next is asked for.
 */
export async function* partsOf(file: Readable, partBytes: number): AsyncGenerator<Buffer> {
  // Made anew for each part, they would be garbage of hundreds of megabytes.
  const part = Buffer.allocUnsafeSlow(partBytes);
  let filled = 0;
  let count = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    for (let taken = 0; taken < chunk.length;) {
      if (filled === partBytes) {
        yield part;
        count++;
        filled = 0;
      }
      const copied = chunk.copy(part, filled, taken);
      taken += copied;
      filled += copied;
    }
  }
  if (filled > 0 || count === 0) yield part.subarray(0, filled);
}
