import fc from 'fast-check';
import { newMessageId, timeOfMessageId } from '../write/message-id.js';
import { idsOfSource, sourceMessageId, sourceNumbers, type SourceKey } from './source-message-id.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

const time = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const edges = [0n, 2n ** 32n, 2n ** 53n].flatMap((edge) => [edge - 1n, edge]);
const number = fc.oneof(
  fc.bigInt({ min: sourceNumbers.least, max: sourceNumbers.most }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.constantFrom(...edges, sourceNumbers.least, sourceNumbers.most),
);
const place = fc.oneof(fc.integer({ min: 0, max: 2 ** 33 - 1 }), fc.nat(3));
const text = fc.string({ unit: 'binary' });
const key: fc.Arbitrary<SourceKey> = fc.oneof(
  fc.record({ number }),
  fc.record({ place, textId: text }),
  fc.record({ place, said: text }),
);

/** By code units, as PostgreSQL orders a uuid by its bytes. */
const inOrder = (...ids: string[]) => ids.every((id, at) => at === 0 || (ids[at - 1] ?? '') < id);

describe('the id of a message of another system', () => {
  it.each([
    // SHA-256 of ["s"] begins with db5bda0c50, of ["s",""] with 1b4e0be8a2.
    [{ number: sourceNumbers.least }, '7000-8000-0000000000db'],
    [{ number: -1n }, '71ff-bfff-ffffffffffdb'],
    [{ number: 0n }, '7200-8000-006daded0628'],
    [{ number: 2n ** 32n - 1n }, '73ff-bfff-ffedaded0628'],
    [{ number: 2n ** 32n }, '7400-8004-000000036d6f'],
    [{ number: 2n ** 53n - 1n }, '75ff-bfff-ffffffff6d6f'],
    [{ number: 2n ** 53n }, '7600-a000-0000000000db'],
    [{ number: sourceNumbers.most }, '77ff-bfff-ffffffffffdb'],
    [{ place: 1, textId: '' }, '7800-8000-011b4e0be8a2'],
    [{ place: 2 ** 33 - 1, textId: '' }, '7fff-bfff-ff1b4e0be8a2'],
    [{ place: 1, said: '' }, '7800-8000-011b4e0be8a3'],
  ])('has the bits that its layout says: %p', (source, bits) => {
    expect(sourceMessageId(new Date(0x019a_3e0c_1234), 's', source)).toBe(`019a3e0c-1234-${bits}`);
  });

  it('is a UUID of version 7 of its millisecond, and the same whenever it is made', () => {
    fc.assert(
      fc.property(time, text, key, (createdAt, session, source) => {
        const id = () => sourceMessageId(createdAt, session, source);
        expect(timeOfMessageId(id())).toEqual(createdAt);
        expect(id()).toBe(id());
      }),
      { numRuns },
    );
  });

  it('orders messages of a millisecond by their numbers, whatever their sessions', () => {
    fc.assert(
      fc.property(
        time,
        fc.uniqueArray(fc.tuple(number, text), { selector: ([each]) => each, minLength: 2, maxLength: 6 }),
        (createdAt, rows) => {
          const sorted = rows.toSorted(([one], [other]) => (one < other ? -1 : 1));
          const ids = sorted.map(([each, session]) => sourceMessageId(createdAt, session, { number: each }));
          expect(inOrder(...ids)).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  it('orders messages of a millisecond by their places, whatever they say and whether they have text ids', () => {
    fc.assert(
      fc.property(
        time,
        fc.uniqueArray(fc.tuple(place, text, text, fc.constantFrom('textId', 'said')), {
          selector: ([at]) => at,
          maxLength: 6,
        }),
        (createdAt, rows) => {
          const sorted = rows.toSorted(([one], [other]) => one - other);
          const ids = sorted.map(([at, session, said, kind]) =>
            sourceMessageId(createdAt, session, { place: at, [kind]: said } as SourceKey),
          );
          expect(inOrder(...ids)).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  it('orders messages of different milliseconds by time', () => {
    fc.assert(
      fc.property(time, time, key, key, text, (one, other, first, second, session) => {
        fc.pre(one < other);
        expect(inOrder(sourceMessageId(one, session, first), sourceMessageId(other, session, second))).toBe(
          true,
        );
      }),
      { numRuns },
    );
  });

  it('tells sessions apart that count from 1 each, at equal times', () => {
    const at = new Date();
    const count = 1_000;
    const ids = Array.from({ length: count }, (_, session) =>
      [1n, 2n].map((each) => sourceMessageId(at, `session ${session}`, { number: each })),
    );
    expect(new Set(ids.flat()).size).toBe(2 * count);
  });

  it('tells apart what stands at the same place of two files, and a text id from a text', () => {
    const at = new Date();
    const keys: [string, SourceKey][] = [
      ['s', { place: 7, textId: 'a' }],
      ['s', { place: 7, textId: 'b' }],
      ['s', { place: 7, said: 'a' }],
      ['s', { place: 7, said: 'b' }],
      ['other', { place: 7, textId: 'a' }],
      ['other', { place: 7, said: 'a' }],
    ];
    expect(new Set(keys.map(([session, source]) => sourceMessageId(at, session, source))).size).toBe(6);
  });

  it('may be any that a text id has, whatever its place; another id is the only one of its message', () => {
    fc.assert(
      fc.property(time, text, place, key, text, (createdAt, session, at, source, textId) => {
        const id = sourceMessageId(createdAt, session, source);
        const ids = (where: number, name: string) =>
          idsOfSource(sourceMessageId(createdAt, session, { place: where, textId: name }));
        if ('textId' in source) {
          expect(idsOfSource(id)).toEqual(ids(at, source.textId));
          const { least, most } = idsOfSource(id);
          expect(least <= id && id <= most).toBe(true);
          expect([least, most].map((each) => each.slice(-10))).toEqual([id.slice(-10), id.slice(-10)]);
          expect(ids(at, textId).least === least).toBe(textId === source.textId);
        } else {
          expect(idsOfSource(id)).toEqual({ least: id, most: id });
        }
      }),
      { numRuns },
    );
    const own = newMessageId();
    expect(idsOfSource(own)).toEqual({ least: own, most: own });
  });

  it.each([
    [new Date(-1), { number: 1n }],
    [new Date(Number.NaN), { number: 1n }],
    [new Date(), { number: sourceNumbers.most + 1n }],
    [new Date(), { number: sourceNumbers.least - 1n }],
    [new Date(), { place: 2 ** 33, said: '' }],
    [new Date(), { place: -1, textId: '' }],
    [new Date(), { place: 0.5, said: '' }],
  ])('is not made for what it has no bits for (%#)', (createdAt, source) => {
    expect(() => sourceMessageId(createdAt, 's', source)).toThrow(RangeError);
  });
});
