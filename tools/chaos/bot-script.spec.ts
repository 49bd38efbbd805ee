import fc from 'fast-check';
import { answerPieces, scriptOf, withScript } from './bot-script.mts';

describe('what the fake bot is told', () => {
  it('is in the question, and the answer repeats the rest of it', () => {
    const script = { behaviour: { cutAfterEvents: 3 }, misbehavesTimes: 1, pieceCount: 2 };
    const question = withScript(script, 'two\nlines');
    expect(scriptOf(question)).toEqual(script);
    expect(answerPieces(question).join('')).toBe('You said: two\nlines');
    expect(answerPieces(question)).toHaveLength(2);
  });

  it('is nothing in any other text, which is repeated whole, in pieces', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(scriptOf(text)).toBeUndefined();
        expect(answerPieces(text).join('')).toBe(`You said: ${text}`);
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
    );
  });
});
