import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { readText } from './read-text.js';
import { parseSearchQuery, searchQuerySql } from './search-query.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const propertyTimeoutMs = 120_000 + numRuns * 50;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`select make_chat_messages_partition('2026-11-20')`);
});
afterAll(() => database.drop());

async function vectorOf(content: string): Promise<string> {
  const [row] = await database.query<{ vector: string }>('select chat_search_vector($1)::text as vector', [
    content,
  ]);
  return row?.vector ?? '';
}

/** Whether a message with this content is found by what an agent typed. */
async function isFound(content: string, typed: string): Promise<boolean> {
  const values: unknown[] = [content];
  const sql = searchQuerySql(parseSearchQuery(typed), (value) => `$${values.push(value)}`);
  const [row] = await database.query<{ found: boolean }>(
    `select chat_search_vector($1) @@ ${sql} as found`,
    values,
  );
  return row?.found ?? false;
}

describe('is found', () => {
  it.each([
    ['我要退款，谢谢', '退款'],
    ['我要退款，谢谢', '要退'],
    ['我要退款，谢谢', '款'],
    ['我要退款，谢谢', '我要退款'],
    ['我要退款，谢谢', '"退款 谢谢"'],
    ['我要退款，谢谢', '「退款」'],
    ['我要退款，谢谢', '谢* -换货'],
    ['买了D4S电池组', 'D4S电池'],
    ['买了D4S电池组', 'd4s'],
    ['买了D4S电池组', '了d4s电'],
    ['𠮷野家 and 葛\u{e0100}城', '𠮷'],
    ['𠮷野家 and 葛\u{e0100}城', '葛城'],
    ['ガソリンをください', 'ガソリン'],
    ['ガソリンをください', 'ｶﾞｿﾘﾝ'],
    ['コーヒー', 'ーヒ'],
    ['환불해 주세요', '환불'],
    ['환불해 주세요', '불'],
    ['order ORD-12345 is late', '12345'],
    ['order ORD-12345 is late', 'ord-12345'],
    ['order ORD-12345 is late', '"ord 12345"'],
    ['order ORD-12345 is late', '123*'],
    ['order ORD-12345 is late', 'ORD-12*'],
    ['order ＯＲＤ－１２３４５', 'ord-12345'],
    ['commit 3e8c9d and 1e5', '3e8*'],
    ['commit 3e8c9d and 1e5', '1e5'],
    ['the 5th of 12abc at 0x1f', '5th 12abc 0x1f'],
    ['write to Ann.Lee@shop.example.com', 'ann.lee@shop.example.com'],
    ['write to Ann.Lee@shop.example.com', 'shop'],
    ['call +49 (30) 901820', '901820'],
    ['call +49 (30) 901820', '+49 30'],
    ['see https://example.com/returns/2026?id=77&x=<b>', 'example.com/returns'],
    ['see https://example.com/returns/2026?id=77&x=<b>', '77'],
    ['a <refund> for &amp; me', 'refund'],
    ['snake_case_name', 'case'],
    ['two refunds', 'refund'],
    ['Fahrräder', 'fahrrader'],
    ['shipping', 'ship*'],
    ['shipping', 'shipp*'],
    ['shipping', 'shippin*'],
    ['cancellation', 'cancella*'],
    ['organisations', 'organisa*'],
    ['batteries', 'batterie*'],
    ['Fahrräder', 'fahrrä*'],
    ['ORD-shipping', 'ord-shippi*'],
    ['mapping the settings', 'mapp* sett*'],
    ['the-harness', 'the-harn*'],
    ['oʼneil', 'o’neil'],
    ['oʼneil', 'oʼne*'],
    ['cafe\u0301', 'café'],
    ['STRASSE', 'straße'],
    ['the who', '"the who"'],
    ['Спасибо большое', 'спасибо'],
    ['أريد استرداد المال', 'استرداد'],
    ['मुझे पैसे वापस चाहिए', 'वापस'],
    ['x y', 'x or z'],
    ['refund please', 'refund -exchange'],
    ['refund please', '-exchange'],
  ])('%j by %j', async (content, typed) => {
    expect(await isFound(content, typed)).toBe(true);
  });
});

describe('is not found', () => {
  it.each([
    ['要退，款到', '退款'],
    ['款退', '退款'],
    ['退 款', '退款'],
    ['order ORD-12345', '1234'],
    ['order ORD-12345', '2345*'],
    ['order ORD-12345', '-ord-12345'],
    ['order ORD-12345', 'order -12345'],
    ['ord 9, 12345', 'ord-12345'],
    ['commit 3e8c9d', 'c9d'],
    ['example.com', 'comm*'],
    ['one of an', 'off* or ann*'],
    ['user', 'used*'],
    ['我要退款', '-退款'],
    ['我要退款', '-款'],
    ['refund please', '"please refund"'],
    ['refund please', 'refund -please'],
  ])('%j by %j', async (content, typed) => {
    expect(await isFound(content, typed)).toBe(false);
  });

  it('although parts of it are there: what -ord-12345 excludes is the whole code', async () => {
    expect(await isFound('ord 9 of 12345', '-ord-12345')).toBe(true);
    expect(await isFound('我要退，款', '-退款')).toBe(true);
  });
});

describe('the vector', () => {
  it('holds pairs and the last character of a CJK run, stems of the rest, and every position', async () => {
    expect(await vectorOf('我要退款 ORD-12 refunds the')).toBe(
      `'12':6 'ord':5 'refund':7 'the':8 '我要':1 '款':4 '要退':2 '退款':3`,
    );
  });

  it('is the same for both ways to write an accent, and for full and half width', async () => {
    expect(await vectorOf('e\u0301')).toBe(await vectorOf('é'));
    expect(await vectorOf('ｶﾞＡ１')).toBe(await vectorOf('ガA1'));
  });

  it('divides words as the marking of hits does, in every script that is written much', async () => {
    const rows = await database.query<{ character: string; words: string }>(`
      select chr(code) as character, chat_search_text('a' || chr(code) || chr(code) || 'b') as words
      from (values (1, 884), (890, 1327), (1424, 1535), (2304, 2431), (3584, 3675), (7680, 9310), (12288, 12543),
                   (13312, 40959), (44032, 55203), (65280, 65518), (127744, 129791), (131072, 131583))
             as block (first, last), generate_series(first, last) as code`);
    expect(rows.length).toBeGreaterThan(40_000);
    const different = rows.filter(({ character, words }) => {
      const read = readText(`a${character}${character}b`).words.flatMap(({ text, isCjk }) => {
        if (!isCjk) return [text];
        const characters = Array.from(text);
        return characters.map((one, index) => one + (characters[index + 1] ?? ''));
      });
      // Marks without a letter are dropped later, by the parser; sigmas are one letter.
      const divided = words
        .replace(/(?<= |^)[\p{M}--\p{Alphabetic}]+/gv, '')
        .replace(/ +/g, ' ')
        .trim();
      return divided !== read.join(' ').replace(/[ςΣ]/g, 'σ').replace(/〇/g, '零');
    });
    expect(different.map(({ character }) => character.codePointAt(0)?.toString(16))).toEqual([]);
  });

  it('takes any mix of letters and digits for one word', async () => {
    const mixed = fc.string({ unit: fc.constantFrom(...'01aexEé'), minLength: 1, maxLength: 12 });
    const words = fc.sample(mixed, { numRuns });
    const rows = await database.query<{ word: string; positions: number }>(
      `select word, length(chat_search_vector(word)) as positions from unnest($1::text[]) as word`,
      [words],
    );
    expect(rows.filter((row) => row.positions !== 1)).toEqual([]);
  });
});

describe('a hostile text', () => {
  const mebibyte = 1_048_576;
  it.each([
    ['one word of 1 MiB', 'a'.repeat(mebibyte)],
    ['1 MiB of Chinese', '我要退款谢谢你'.repeat(50_000).slice(0, mebibyte / 3)],
    ['one character of Chinese for 1 MiB', '款'.repeat(Math.floor(mebibyte / 3))],
    ['1 MiB of different words', Array.from({ length: 150_000 }, (_, n) => n.toString(36)).join(' ')],
    [
      'long words of four-byte letters',
      Array.from({ length: 9_000 }, (_, n) => `${'𐐀'.repeat(25)}${n}`).join(' '),
    ],
    ['only emoji', '😀👨‍👩‍👧❤️'.repeat(30_000)],
    ['unassigned code points', '\u{10ffff}\u0378\ufdd0'.repeat(100_000)],
    ['what grows in NFKC', 'ﷺ'.repeat(mebibyte / 3)],
    ['stacked marks', `x${'\u0301\u0320'.repeat(200_000)}`],
    ['controls', '\x01\x02\x7f\x85\u2028'.repeat(50_000)],
    ['operators', `' & | ! <-> :* \\ '' "`.repeat(20_000)],
    ['nothing', ''],
  ])('is kept, with a vector: %s', async (name, content) => {
    await database.query(
      `insert into chat_messages (session_name, created_at, id, role, content, status)
       values ($1, '2026-11-20T12:00:00Z', gen_random_uuid(), 'user', $2, 'complete')`,
      [name, content],
    );
    const [row] = await database.query(
      `select content = $2 as kept, content_tsv is not null as indexed from chat_messages where session_name = $1`,
      [name, content],
    );
    expect(row).toEqual({ kept: true, indexed: true });
  });

  it('is indexed up to its 15,000th word', async () => {
    const content = `${'filler '.repeat(14_998)}last within beyond`;
    expect(await isFound(content, '"last within"')).toBe(true);
    expect(await isFound(content, 'beyond')).toBe(false);
  });

  it('is found by a phrase at the first 255 places of its words, and by each word anywhere', async () => {
    const content = `${'again '.repeat(254)}first again second again third`;
    expect(await isFound(content, '"first again"')).toBe(true);
    expect(await isFound(content, '"second again"')).toBe(false);
    expect(await isFound(content, 'second again third')).toBe(true);
  });

  it('that cannot be indexed is kept all the same', async () => {
    await database.query('begin');
    await database.query(`
      create or replace function chat_search_text(content text) returns text language plpgsql immutable as $$
      begin raise exception 'cannot'; end $$`);
    await database.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      values ('unreadable', '2026-11-20T12:00:00Z', gen_random_uuid(), 'user', 'hello', 'complete')`);
    const rows = await database.query(
      `select content, content_tsv from chat_messages where session_name = 'unreadable'`,
    );
    await database.query('rollback');
    expect(rows).toEqual([{ content: 'hello', content_tsv: null }]);
  });

  it('works whatever the search_path of the writer is', async () => {
    await database.query('begin');
    await database.query(`set local search_path = ''`);
    await database.query(`
      insert into public.chat_messages (session_name, created_at, id, role, content, status)
      values ('elsewhere', '2026-11-20T12:00:00Z', gen_random_uuid(), 'user', 'hello', 'complete')`);
    const rows = await database.query(
      `select content_tsv::text from public.chat_messages
       where session_name = 'elsewhere' and content_tsv @@ public.chat_search_phrase('hel', true)`,
    );
    await database.query('rollback');
    expect(rows).toEqual([{ content_tsv: `'hello':1` }]);
  });

  it(
    'is a query, too',
    async () => {
      const hostile = fc.string({ unit: fc.oneof(fc.constantFrom(...`"-*'&|!<>:\\() ﷺé款1e`), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), maxLength: 500, size: 'max' }); // prettier-ignore
      await fc.assert(
        fc.asyncProperty(hostile, async (typed) => {
          const query = parseSearchQuery(typed);
          if (query.length > 0) expect(typeof (await isFound('hello 退款', typed))).toBe('boolean');
        }),
        { numRuns },
      );
    },
    propertyTimeoutMs,
  );
});

it(
  'every word that a message has finds it',
  async () => {
    const characters = 'aZé09ßñřΩжяאبमा가힣あアーー款退𠮷Ａｶﾞ①ﬁ-_.,;/@<>&#+()…—、。，😀\u0301\u00ad\u200b\n ';
    const message = fc.string({ unit: fc.constantFrom(...characters), maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(message, async (content) => {
        for (const word of content.split(/\s+/u).filter((word) => parseSearchQuery(word).length > 0)) {
          expect([word, await isFound(content, `"${word}"`)]).toEqual([word, true]);
        }
      }),
      { numRuns },
    );
  },
  propertyTimeoutMs,
);
