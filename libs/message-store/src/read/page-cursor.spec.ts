import fc from 'fast-check';
import { InvalidCursorError } from '../message-store.errors.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

describe('a page cursor', () => {
  it('gives back the key it was made of, for the same query', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' })),
        fc.dictionary(fc.string(), fc.string()),
        (key, query) => {
          const wellFormed = key.map((part) => part.toWellFormed());
          expect(decodeCursor(query, encodeCursor(query, wellFormed))).toEqual(wellFormed);
        },
      ),
      { numRuns },
    );
  });

  it('is refused for another query', () => {
    const cursor = encodeCursor({ q: 'refund' }, ['2026-11-01T00:00:00.000Z', 'a']);
    expect(() => decodeCursor({ q: 'refunds' }, cursor)).toThrow(InvalidCursorError);
  });

  it('is refused when any character of it was changed', () => {
    const cursor = encodeCursor({ q: 'refund' }, ['2026-11-01T00:00:00.000Z', 'a']);
    for (let at = 0; at < cursor.length - 1; at++) {
      const altered = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(() => decodeCursor({ q: 'refund' }, altered)).toThrow(InvalidCursorError);
    }
  });

  it('is refused when it is any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => decodeCursor({}, text)).toThrow(InvalidCursorError);
      }),
      { numRuns },
    );
  });
});
