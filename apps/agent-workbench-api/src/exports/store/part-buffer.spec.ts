import { Readable } from 'node:stream';
import fc from 'fast-check';
import { partsOf } from './part-buffer.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

async function copiesOf(chunks: readonly Uint8Array[], partBytes: number): Promise<Buffer[]> {
  const file = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const parts = [];
  for await (const part of partsOf(file, partBytes)) parts.push(Buffer.from(part));
  return parts;
}

it('the parts of a file are the file, each of one size but the last', async () => {
  const chunk = fc.uint8Array({ minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(chunk), fc.integer({ min: 1, max: 30 }), async (chunks, partBytes) => {
      const parts = await copiesOf(chunks, partBytes);
      expect(Buffer.concat(parts).equals(Buffer.concat(chunks))).toBe(true);
      expect(parts.slice(0, -1).every((part) => part.length === partBytes)).toBe(true);
      expect(parts.at(-1)!.length).toBeLessThanOrEqual(partBytes);
    }),
    { numRuns },
  );
});

it('a file of nothing is one part of nothing', async () => {
  expect(await copiesOf([], 10)).toEqual([Buffer.alloc(0)]);
});
