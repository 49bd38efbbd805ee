import fc from 'fast-check';
import { beginningsToLookUp, findHits, phraseOf, type Phrase, type WordForms } from './find-hits.js';
import { hitSegments, maxExcerptLength, type Segment } from './hit-segments.js';
import { readText } from './read-text.js';
import { parseSearchQuery, positiveItems } from './search-query.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** Stands in for PostgreSQL's dictionaries: lower case, no accents, no plural. */
function formsOf(phrases: readonly Phrase[], ...texts: string[]): WordForms {
  const stem = (word: string) =>
    word.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/(?<=.)s$/, ''); // prettier-ignore
  const words = texts.flatMap((text) => readText(text).words.map((word) => word.text));
  return new Map(
    words.map((word) => {
      const lexeme = stem(word);
      const beginnings = beginningsToLookUp(phrases).filter((beginning) =>
        lexeme.startsWith(stem(beginning)),
      );
      return [word, { lexeme, beginnings }];
    }),
  );
}

function segmentsOf(content: string, query: string): Segment[] {
  const phrases = positiveItems(parseSearchQuery(query)).map(phraseOf);
  return hitSegments(content, findHits(readText(content), phrases, formsOf(phrases, content, query)));
}

/** The segments as one text, hits in brackets. */
function marked(content: string, query: string): string {
  return segmentsOf(content, query)
    .map(({ text, hit }) => (hit ? `[${text}]` : text))
    .join('');
}

describe('hits are marked', () => {
  it.each([
    ['Refunds are slow', 'refund', '[Refunds] are slow'],
    ['Zwei Fahrräder', 'fahrrader', 'Zwei [Fahrräder]'],
    ['cafe\u0301 au lait', 'café', '[cafe\u0301] au lait'],
    ['ＯＲＤ－１２３ please', 'ord-123', '[ＯＲＤ－１２３] please'],
    ['order ORD-12345.', '12345', 'order ORD-[12345].'],
    ['order ORD-12345.', 'ord-12345', 'order [ORD-12345].'],
    ['order ORD-12345.', 'ORD-12*', 'order [ORD-12345].'],
    ['order ORD-12345.', '"ord 12345"', 'order [ORD-12345].'],
    ['order ORD 9, 12345.', 'ord-12345', 'order ORD 9, 12345.'],
    ['write to ann@example.com', 'example', 'write to ann@[example].com'],
    ['我要退款，谢谢', '退款', '我要[退款]，谢谢'],
    ['我要退款，谢谢', '要退', '我[要退]款，谢谢'],
    ['我要退款，谢谢', '款', '我要退[款]，谢谢'],
    ['我要退款，谢谢', '谢', '我要退款，[谢谢]'],
    ['我要退款，谢谢', '我要退款谢谢', '我要退款，谢谢'],
    ['我要退款，谢谢', '"退款 谢谢"', '我要[退款，谢谢]'],
    ['买了D4S电池组', 'D4S电池', '买了[D4S电池]组'],
    ['买了D4S电池组', '了D4S', '买[了D4S]电池组'],
    ['ｶﾞｿﾘﾝ代', 'ガソリン', '[ｶﾞｿﾘﾝ]代'],
    ['환불해 주세요', '환불', '[환불]해 주세요'],
    ['葛\u{e0100}城市', '葛城', '[葛\u{e0100}城]市'],
    ['a b a b', 'a b', '[a] [b] [a] [b]'],
    ['refund or exchange', 'refund -exchange', '[refund] or exchange'],
    ['™ sign', 'tm', '[™] sign'],
    ['<b>refund</b>', 'refund', '<b>[refund]</b>'],
    ['no such word', 'refund', 'no such word'],
  ])('in %j for %j', (content, query, expected) => {
    expect(marked(content, query)).toBe(expected);
  });
});

describe('a long message', () => {
  const filler = 'Lorem ipsum dolor sit amet consectetur. '.repeat(50);

  it('is cut between words around the hit, with … where it goes on', () => {
    const shown = marked(`${filler}A refund, at last. ${filler}`, 'refund');
    expect(shown).toMatch(/^….*A \[refund\], at last\..*…$/s);
    expect(`${filler}A [refund], at last. ${filler}`).toContain(shown.slice(1, -1));
  });

  it('is shown where the most of the query stands together', () => {
    const content = `refund. ${filler}My order is late. ${filler}A refund of my order. ${filler}`;
    expect(marked(content, 'refund order')).toContain('A [refund] of my [order].');
  });

  it('is shown from its beginning without a query', () => {
    const [segment, ...others] = segmentsOf(filler, '');
    expect(others).toEqual([]);
    expect(segment?.text).toMatch(/^Lorem.*…$/);
  });

  it('keeps a flag, a family and an accent whole at its edges', () => {
    const family = '👨‍👩‍👧‍👦';
    const shown = marked(`${family.repeat(99)} refund ${'🇩🇪'.repeat(99)}`, 'refund');
    expect(shown.replaceAll(family, '').replaceAll('🇩🇪', '')).toBe('… [refund] …');
  });
});

describe('for any message and query', () => {
  const words = fc.constantFrom(
    'refund', 'Refunds', 'café', 'ORD', '12345', '退款', '要退款', '款', 'ガス', '환불', '😀', '👨‍👩‍👧', '-', ' ', ', ', '…', '\ud800', 'ﷺ', '①',
    '\u0301',
  ); // prettier-ignore
  const text = fc.oneof(
    fc.array(words, { maxLength: 200 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.string({ unit: 'grapheme', maxLength: 600 }),
  );

  it('the segments are a stretch of the message, at most 240 long, hits and other text by turns', () => {
    fc.assert(
      fc.property(text, fc.array(words, { maxLength: 4 }), (content, query) => {
        const segments = segmentsOf(content, query.join(' '));
        const shown = segments.map((segment) => segment.text).join('');
        expect(shown.length).toBeLessThanOrEqual(maxExcerptLength);
        if (content.length <= maxExcerptLength) expect(shown).toBe(content);
        else {
          const stretch = (from: number, to: number) => content.includes(shown.slice(from, to));
          expect(stretch(1, -1) || stretch(0, -1) || stretch(1, shown.length)).toBe(true);
        }
        segments.forEach((segment, index) => {
          expect(segment.text).not.toBe('');
          expect(segment.hit).not.toBe(segments[index + 1]?.hit);
        });
      }),
      { numRuns },
    );
  });

  it('a word of the message is marked when it is asked for', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 2_000 }),
        fc.nat(),
        (content, seed) => {
          const found = readText(content).words;
          const word = found[seed % Math.max(1, found.length)];
          if (word === undefined || parseSearchQuery(`"${word.text}"`).length === 0) return;
          expect(segmentsOf(content, `"${word.text}"`).some((segment) => segment.hit)).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  it('no surrogate pair is divided', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), words, (content, query) => {
        const wellFormed = content.toWellFormed();
        for (const segment of segmentsOf(wellFormed, query)) expect(segment.text.isWellFormed()).toBe(true);
      }),
      { numRuns },
    );
  });
});
