import fc from 'fast-check';
import { inertCell } from './csv-cell.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** Written apart from the code: drop what a program may drop, fold the widths, look at what is left. */
function wouldRun(cell: string): boolean {
  const shown = cell.normalize('NFKC').replace(/^[\s\p{C}"“”‘’`]+/u, '');
  return /^[=+\-@]/.test(shown) || /^[\t\r\n]/.test(cell);
}

const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '=',
        '+',
        '-',
        '@',
        '＝',
        '＋',
        '－',
        '＠',
        '\t',
        '\r',
        '\n',
        ' ',
        '"',
        "'",
        '\u00a0',
        '\u200b',
        '\ufeff',
        '1',
      ],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('an inert cell', () => {
  it.each([
    '=1+1',
    '+49 30 1',
    '-5',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '  =1',
    '"=1',
    ' "＝1',
  ])('has an apostrophe ahead of %j', (text) => {
    expect(inertCell(text)).toBe(`'${text}`);
  });

  it.each(['', 'hello', '1-2', 'a=b', "it's", '退款 + 换货', '“hello”', '…', '<b>', "'hello'"])(
    'is %j as it is',
    (text) => {
      expect(inertCell(text)).toBe(text);
    },
  );

  it('never runs, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        expect(wouldRun(inertCell(text))).toBe(false);
      }),
      { numRuns },
    );
  });

  it('gives its text back when one apostrophe is taken off wherever one was put on', () => {
    const textOf = (cell: string) =>
      cell.startsWith("'") && inertCell(cell.slice(1)) === cell ? cell.slice(1) : cell;
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        expect(textOf(inertCell(text))).toBe(text);
      }),
      { numRuns },
    );
  });
});
