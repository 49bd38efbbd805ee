import fc from 'fast-check';
import { timeOfMessageId } from '../write/message-id.js';
import { sourceMessageId, sourceNumbers } from './source-message-id.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const number = fc.oneof(
  fc.bigInt({ min: sourceNumbers.least, max: sourceNumbers.most }),
  fc.bigInt({ min: -3n, max: 3n }),
);
const place = fc.oneof(fc.integer({ min: 0, max: 2 ** 40 - 1 }), fc.nat(3));
const said = fc.string({ unit: 'binary' });

/** By code units, as PostgreSQL orders a uuid by its bytes. */
const inOrder = (...ids: string[]) => ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id);

describe('the id of a message of another system', () => {
  it('has the bits that its layout says', () => {
    const at = new Date(0x019a_3e0c_1234);
    expect(sourceMessageId(at, { number: 0n })).toBe('019a3e0c-1234-7200-8000-000000000000');
    expect(sourceMessageId(at, { number: sourceNumbers.least })).toBe('019a3e0c-1234-7000-8000-000000000000');
    expect(sourceMessageId(at, { number: sourceNumbers.most })).toBe('019a3e0c-1234-73ff-bfff-ffffffffff00');
    // SHA-256 of nothing begins with e3b0c442.
    expect(sourceMessageId(at, { place: 1, said: '' })).toBe('019a3e0c-1234-7400-8000-0001e3b0c442');
  });

  it('is a UUID of version 7 of its millisecond, and the same whenever it is made', () => {
    fc.assert(
      fc.property(time, fc.oneof(number, place), said, (createdAt, key, text) => {
        const id = () =>
          sourceMessageId(createdAt, typeof key === 'bigint' ? { number: key } : { place: key, said: text });
        expect(timeOfMessageId(id())).toEqual(createdAt);
        expect(id()).toBe(id());
      }),
      { numRuns },
    );
  });

  it('orders messages of a millisecond by their numbers', () => {
    fc.assert(
      fc.property(time, fc.uniqueArray(number, { minLength: 2, maxLength: 6 }), (createdAt, numbers) => {
        const sorted = numbers.toSorted((one, other) => (one < other ? -1 : 1));
        expect(inOrder(...sorted.map((each) => sourceMessageId(createdAt, { number: each })))).toBe(true);
      }),
      { numRuns },
    );
  });

  it('orders messages of a millisecond by their places, whatever they say', () => {
    fc.assert(
      fc.property(
        time,
        fc.uniqueArray(fc.tuple(place, said), { selector: ([at]) => at, maxLength: 6 }),
        (createdAt, rows) => {
          const sorted = rows.toSorted(([one], [other]) => one - other);
          expect(
            inOrder(...sorted.map(([at, text]) => sourceMessageId(createdAt, { place: at, said: text }))),
          ).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  it('orders messages of different milliseconds by time, and tells the same place of two files apart', () => {
    fc.assert(
      fc.property(time, time, number, place, (one, other, key, at) => {
        fc.pre(one < other);
        expect(
          inOrder(sourceMessageId(one, { place: at, said: '' }), sourceMessageId(other, { number: key })),
        ).toBe(true);
      }),
      { numRuns },
    );
    const [a, b] = ['a', 'b'].map((text) => sourceMessageId(new Date(), { place: 7, said: text }));
    expect(a).not.toBe(b);
  });

  it.each([
    [new Date(-1), { number: 1n }],
    [new Date(Number.NaN), { number: 1n }],
    [new Date(), { number: sourceNumbers.most + 1n }],
    [new Date(), { number: sourceNumbers.least - 1n }],
    [new Date(), { place: 2 ** 40, said: '' }],
    [new Date(), { place: -1, said: '' }],
    [new Date(), { place: 0.5, said: '' }],
  ])('is not made for what it has no bits for (%#)', (createdAt, key) => {
    expect(() => sourceMessageId(createdAt, key)).toThrow(RangeError);
  });
});
