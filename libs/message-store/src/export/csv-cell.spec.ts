import fc from 'fast-check';
import { inertCell } from './csv-cell.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** Written apart from the code: drop what a program may drop, fold the widths, look at what is left. */
function wouldRun(cell: string): boolean {
  const shown = cell.normalize('NFKC').replace(/^[\s\p{C}"“”‘’`]+/u, '');
  return /^[=+\-@]/.test(shown) || /^[\t\r\n]/.test(cell);
}

/** Nothing but digits and signs, whatever they mean. */
const number = fc
  .array(
    fc.oneof(
      fc.nat().map(String),
      fc.constantFrom(...'.,:/-+ %€$()\'"１２²٣月', 'E ', 'e1', ' Jan ', ' août '),
    ),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((parts) => parts.join(''));

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

  // What Excel and LibreOffice read as values, in some language; `npm run check-spreadsheet` asks LibreOffice.
  it.each([
    '00123',
    '12345678901234567890',
    '1-2',
    '1E5',
    '1,5e+3',
    '.5',
    '5.',
    '(5)',
    '1.234,56',
    '1 234,56',
    '1\u202f234,56',
    '50%',
    '% 50',
    '3/4',
    '1 3/4',
    '½',
    '12:30',
    '5 PM',
    '5:30 p.m.',
    '$5',
    '5 €',
    'USD 5',
    '5 Kč',
    'TRUE',
    ' true ',
    'Wahr',
    'FAUX',
    '真',
    'Jan 5',
    '5. Januar 2026',
    '28 FÉVR. 2026',
    '28 aout',
    '15 Aralık 2026',
    '5 DE ENERO DE 2026',
    '28 ноября 2026 г.',
    'Sat, Nov 28',
    '2026-11-28',
    '2026-11-28T08:00:00.000Z',
    '2026-11-28T16:00:00.000+08:00',
    '28/11/26',
    '２０２６／１１／２８',
    '2026年11月28日 下午5:30',
    '平成30年1月2日',
    'R5.1.1',
    '2026년 11월 28일',
    '٢٨',
    '#N/A',
    '#DIV/0!',
    ' #ref!',
    '#WERT!',
    '"1"',
    "'1",
    "''TRUE",
    '\ufeff1',
    '5😀',
  ])('has an apostrophe ahead of %j, which some program reads as a value', (text) => {
    expect(inertCell(text)).toBe(`'${text}`);
  });

  it.each([
    '',
    'hello',
    'a=b',
    "it's",
    '退款 + 换货',
    '“hello”',
    '…',
    '<b>',
    "'hello'",
    'ORD-12345',
    'order 5',
    '5 oranges',
    'May I ask?',
    'True story',
    '退款5元',
    '😀',
    '019a3e0c-0000-7000-8000-000000000000',
    '...',
    '# 1 of them',
    '\ufeff',
  ])('is %j as it is', (text) => {
    expect(inertCell(text)).toBe(text);
  });

  it('never runs, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
        expect(wouldRun(inertCell(text))).toBe(false);
      }),
      { numRuns },
    );
  });

  it('has one ahead of every number, whatever stands between', () => {
    fc.assert(
      fc.property(number, (text) => {
        expect(inertCell(text) !== text).toBe(/\p{N}|^[ '"]*[-+]/u.test(text));
      }),
      { numRuns },
    );
  });

  it('gives its text back when one apostrophe is taken off wherever one was put on', () => {
    const textOf = (cell: string) =>
      cell.startsWith("'") && inertCell(cell.slice(1)) === cell ? cell.slice(1) : cell;
    fc.assert(
      fc.property(fc.oneof(hostile, number, fc.string({ unit: 'binary' })), (text) => {
        expect(textOf(inertCell(text))).toBe(text);
      }),
      { numRuns },
    );
  });
});
