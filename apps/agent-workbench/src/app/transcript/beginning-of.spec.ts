import fc from 'fast-check';
import { beginningOf } from './beginning-of';

it('cuts a text at the length without halving a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 30 }), (text, length) => {
      const beginning = beginningOf(text, length);
      expect(text.startsWith(beginning)).toBe(true);
      expect(beginning.isWellFormed()).toBe(true);
      expect(beginning.length).toBeLessThanOrEqual(length);
      expect(beginning.length).toBeGreaterThanOrEqual(Math.min(text.length, length - 1));
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
  );
});
