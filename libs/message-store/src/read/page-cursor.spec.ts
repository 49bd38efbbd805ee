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
          const texts = wellFormed.map((part) => part.replaceAll('\0', ''));
          const parts = texts.map(() => 'text' as const);
          expect(decodeCursor(query, encodeCursor(query, texts), parts)).toEqual(texts);
        },
      ),
      { numRuns },
    );
  });

  it('is refused for another query', () => {
    const cursor = encodeCursor({ q: 'refund' }, ['2026-11-01T00:00:00.000Z', 'a']);
    expect(() => decodeCursor({ q: 'refunds' }, cursor, ['time', 'text'])).toThrow(InvalidCursorError);
  });

  it('is refused when any character of it was changed', () => {
    const cursor = encodeCursor({ q: 'refund' }, ['2026-11-01T00:00:00.000Z', 'a']);
    for (let at = 0; at < cursor.length - 1; at++) {
      const altered = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(() => decodeCursor({ q: 'refund' }, altered, ['time', 'text'])).toThrow(InvalidCursorError);
    }
  });

  it('is refused when it is any other text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => decodeCursor({}, text, [])).toThrow(InvalidCursorError);
      }),
      { numRuns },
    );
  });

  it.each([
    [['yesterday', 'a']],
    [['2026-13-01T00:00:00.000Z', 'a']],
    [['0000-01-01T00:00:00.000Z', 'a']],
    [['1 Dec 2026 (comments!!!)', 'a']],
    [['2026-11-01T00:00:00.000Z', 'a\0']],
    [['2026-11-01T00:00:00.000Z', '\ud800']],
    [['2026-11-01T00:00:00.000Z']],
    [[]],
  ])('is refused when it was made by somebody else and holds %j', (key) => {
    expect(() => decodeCursor({}, encodeCursor({}, key), ['time', 'text'])).toThrow(InvalidCursorError);
  });
});
