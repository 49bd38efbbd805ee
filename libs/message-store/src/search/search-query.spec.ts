import fc from 'fast-check';
import { parseSearchQuery, positiveItems, searchQuerySql, type SearchQuery } from './search-query.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** Groups by |, items by comma, a phrase or word as `text`, `text*` or `-text`. */
function written(query: SearchQuery): string {
  return query
    .map((items) =>
      items.map((item) => `${item.negated ? '-' : ''}${item.text}${item.isPrefix ? '*' : ''}`).join(','),
    )
    .join('|');
}

/** Text as an agent might type it: words with operators, quotes and their twins anywhere. */
const typed = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'"-*“”„「」＂＊－ \u3000()!\'\\&|<>:,。，'),
      fc.constantFrom(
        ' or ',
        ' OR ',
        'or',
        '\n',
        'refund',
        'ORD-12345',
        '我要退款',
        'é',
        '😀',
        '\ud800',
        '\0',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('what an agent typed is read as', () => {
  it.each([
    ['refund', 'refund'],
    ['  refund   order ', 'refund,order'],
    ['refund\u3000order', 'refund,order'],
    ['"refund order"', 'refund order'],
    ['“refund order”', 'refund order'],
    ['„refund order“', 'refund order'],
    ['「退款 申请」', '退款 申请'],
    ['＂退款＂', '退款'],
    ['我要「退款」吗', '我要,退款,吗'],
    ['refund -order', 'refund,-order'],
    ['－退款申请', '-退款申请'],
    ['-"refund order"', '-refund order'],
    ['-ord-12345', '-ord-12345'],
    ['--order', '--order'],
    ['- order', 'order'],
    ['order -', 'order'],
    ['refun*', 'refun*'],
    ['refun＊', 'refun*'],
    ['refun**', 'refun*'],
    ['(refun*)', '(refun*'],
    ['ORD-12*', 'ORD-12*'],
    ['*refund', '*refund'],
    ['re*fund', 're*fund'],
    ['re*™', 're*™'],
    ['a*b*', 'a*b*'],
    ['-refun*', '-refun*'],
    ['"refun*"', 'refun*'],
    ['refund or order', 'refund|order'],
    ['a b OR c', 'a,b|c'],
    ['a or -b', 'a|-b'],
    ['or refund', 'refund'],
    ['refund or', 'refund'],
    ['a or or b', 'a|b'],
    ['a or !!! or b', 'a|b'],
    ['"or"', 'or'],
    ['-or', '-or'],
    ['order', 'order'],
    ['"refund order', 'refund,order'],
    ['-"refund order', '-refund,order'],
    ['27" monitor', '27,monitor'],
    ['a"b c"d', 'a,b c,d'],
    ['""', ''],
    ['"', ''],
    ['-', ''],
    ['*', ''],
    ['or', ''],
    ['!!! ... ，。', ''],
    ['😀 ❤️', ''],
    ['™', '™'],
    ['', ''],
    ["'; drop table x", 'drop,table,x'],
  ])('%j: %s', (text, expected) => {
    expect(written(parseSearchQuery(text))).toBe(expected);
  });

  it('a prefix only where the star ends a word', () => {
    const [items = []] = parseSearchQuery('refun* "refun*" re*fun');
    expect(items.map((item) => item.isPrefix)).toEqual([true, false, false]);
  });
});

describe('any text at all', () => {
  it('is a query whose every item has something to look for', () => {
    fc.assert(
      fc.property(typed, (text) => {
        for (const items of parseSearchQuery(text)) {
          expect(items.length).toBeGreaterThan(0);
          for (const item of items) expect(item.text.normalize('NFKC')).toMatch(/[\p{L}\p{N}]/u);
        }
      }),
      { numRuns },
    );
  });

  it('means the same with its operators in full width', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const wide = text.replaceAll('"', '“').replaceAll('*', '＊').replaceAll('-', '－');
        expect(parseSearchQuery(wide)).toEqual(parseSearchQuery(text));
      }),
      { numRuns },
    );
  });

  it('enters SQL through placeholders alone', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const query = parseSearchQuery(text);
        const bound: unknown[] = [];
        const sql = searchQuerySql(query, (value) => `$${bound.push(value)}`);
        const skeleton = sql?.replace(/!?!?chat_search_phrase\(\$\d+::text, \$\d+::boolean\)/g, 'x') ?? '';
        expect(skeleton).toMatch(/^[x&|() ]*$/);
        expect(bound).toEqual(query.flat().flatMap((item) => [item.text, item.isPrefix]));
      }),
      { numRuns },
    );
  });
});

it('a query becomes ands in groups, joined by ors', () => {
  const bound: unknown[] = [];
  const sql = searchQuerySql(parseSearchQuery('a -b* or "c d"'), (value) => `$${bound.push(value)}`);
  expect(sql?.replaceAll('chat_search_phrase', 'f')).toBe(
    '((f($1::text, $2::boolean) && !!f($3::text, $4::boolean)) || (f($5::text, $6::boolean)))',
  );
  expect(bound).toEqual(['a', false, 'b', true, 'c d', false]);
});

it('a query that asks nothing has no SQL', () => {
  expect(searchQuerySql(parseSearchQuery('"" - *'), () => '$1')).toBeUndefined();
});

it('hits are marked for what is wanted, not for what is excluded', () => {
  expect(positiveItems(parseSearchQuery('a -b or c*')).map((item) => item.text)).toEqual(['a', 'c']);
});
