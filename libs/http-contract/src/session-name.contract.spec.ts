import fc from 'fast-check';
import { sessionName } from './session-name.contract.js';

const accepts = (name: string) => sessionName.safeParse(name).success;

describe('a session name', () => {
  it.each(['a', 'web-42', '我要退款', 'a b%+?#&ü', '...', '👍'.repeat(255), 'x'.repeat(255)])(
    'may be %j',
    (name) => {
      expect(accepts(name)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    'a\0',
    'a\nb',
    '\u0085',
    '\ud800',
    'a\udc00',
    'x'.repeat(256),
    '👍'.repeat(256),
  ])('may not be %j', (name) => {
    expect(accepts(name)).toBe(false);
  });

  it('is one path segment that comes back from a URL as it was, whatever is accepted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }), (name) => {
        fc.pre(accepts(name));
        const { pathname } = new URL(`http://host/sessions/${encodeURIComponent(name)}/messages`);
        const [, , segment = '', last] = pathname.split('/');
        expect([decodeURIComponent(segment), last]).toEqual([name, 'messages']);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });
});
