import fc from 'fast-check';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await workbench.store({ sessionName: 's', role: 'user', content: 'Refund a, b and 退款 <c> -d' });
});
afterAll(() => workbench.stop());

const get = (path: string) => workbench.get(path, 'agent');

describe('queries of operators, quotes and punctuation', () => {
  it.each([
    ...[
      '',
      ' ',
      '"',
      '""',
      '"""',
      "'",
      "''",
      '`',
      '\\',
      '\\\\',
      '-',
      '--',
      '- -',
      '-"',
      '-""',
      '*',
      '**',
      '-*',
      '"*"',
      'or',
    ],
    ...[
      'or or',
      'or or or',
      '-or',
      'a or',
      'or a',
      'a or or b',
      '&',
      '|',
      '!',
      '!!a',
      '<->',
      'a <-> b',
      '(',
      ')',
      '()',
      '((a)',
    ],
    ...[
      ':*',
      'a:*',
      'a:b:c',
      ':A',
      '%',
      '_',
      '%%',
      '$1',
      '$$',
      '{}',
      '[]',
      ';',
      "';--",
      '<',
      '>',
      '<a',
      '&amp;',
      '#',
      '@',
      '~',
    ],
    ...[
      '\0',
      'a\0b',
      '\ufffd',
      '\u200b',
      '😀',
      '“”',
      '「',
      '＊',
      '－',
      '退*',
      '-退',
      '"退',
      '。',
      '…',
      'a'.repeat(500),
      '- '.repeat(250),
    ],
    ...['"a'.repeat(166), 'or '.repeat(166), '退'.repeat(500), '-'.repeat(500), '(("a" or -b*) & !c) <2> d'],
  ])('such as %j answer', async (q) => {
    const path = `q=${encodeURIComponent(q)}`;
    expect([q, (await get(`/api/history/search?${path}`)).status]).toEqual([q, 200]);
    expect([q, (await workbench.get(`/api/history/export?${path}`, 'admin')).status]).toEqual([q, 200]);
  });
});

/** Operators, quotes and their twins, letters of every kind and any character at all, up to the 500 that are allowed. */
const piece = fc.oneof(
  fc.constantFrom(
    ...'"-*“”「」『』＂＊－ \u3000()!\'\\&|<>:,。退款éßʼ\u0301\u3099ﾞﷺ①1e',
    ' or ',
    ' OR ',
    'refund',
    'ORD-12345',
    '3e8*',
    '退款*',
    '😀',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const anyQuery = fc
  .array(piece, { maxLength: 120, size: 'max' })
  .map((pieces) => pieces.join('').slice(0, 500).toWellFormed());

it(
  'any query of up to 500 characters answers',
  async () => {
    await fc.assert(
      fc.asyncProperty(anyQuery, async (q) => {
        const { status } = await get(`/api/history/search?q=${encodeURIComponent(q)}`);
        expect([q, status]).toEqual([q, 200]);
      }),
      { numRuns },
    );
  },
  60_000 + numRuns * 100,
);
