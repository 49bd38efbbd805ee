import fc from 'fast-check';
import { MessageTooLargeError } from '../message-store.errors.js';
import { parseExactly } from './exact-json.js';
import {
  maxContentBytes,
  storableContent,
  storableDurationMs,
  storableMetadata,
  storableText,
} from './storable.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

describe('storable text', () => {
  it('is the text itself unless it holds NUL or a lone surrogate', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expected = text.toWellFormed().split('\0').join('\ufffd');
        expect(storableText(text)).toBe(expected);
      }),
      { numRuns },
    );
    expect(storableText('a\0b\ud83dc')).toBe('a\ufffdb\ufffdc');
    expect(storableText('😀 退款')).toBe('😀 退款');
  });

  it('may take 1 MiB of UTF-8 and not a byte more', () => {
    expect(storableContent('x'.repeat(maxContentBytes))).toHaveLength(maxContentBytes);
    expect(() => storableContent('x'.repeat(maxContentBytes + 1))).toThrow(MessageTooLargeError);
    expect(() => storableContent('款'.repeat(maxContentBytes / 3 + 1))).toThrow(MessageTooLargeError);
  });
});

describe('storable metadata', () => {
  it('has every key and string made storable, however deep', () => {
    expect(storableMetadata({ 'a\0': [{ '\ud83d': 'x\0' }], n: 1, none: undefined })).toEqual({
      'a\ufffd': [{ '\ufffd': 'x\ufffd' }],
      n: 1,
    });
  });

  it('keeps numbers as they were written that JavaScript would write otherwise', () => {
    const json = '{"n":[12345678901234567890,1.10,1e400,-0,7],"deep":{"n":0.1000}}';
    const metadata = storableMetadata(parseExactly(json) as Record<string, unknown>);
    expect(JSON.stringify(metadata)).toBe(json);
    expect(storableMetadata({ n: [1, -0, 1e21, 0.1] })).toEqual({ n: [1, 0, 1e21, 0.1] });
  });

  it('is refused when JSON cannot hold it or it is too large', () => {
    expect(() => storableMetadata({ big: 1n })).toThrow(TypeError);
    expect(() => storableMetadata({ text: 'x'.repeat(maxContentBytes) })).toThrow(MessageTooLargeError);
  });
});

describe('a storable duration', () => {
  it.each([
    [undefined, null],
    [-1, null],
    [Number.NaN, null],
    [1.6, 2],
    [Number.POSITIVE_INFINITY, 2_147_483_647],
  ])('of %p is %p', (given, expected) => {
    expect(storableDurationMs(given)).toBe(expected);
  });
});
