import { readFileSync } from 'node:fs';
import { messageAt, openDatabase, write } from '../../test/history.js';
import { Stems } from '../../test/stems.js';
import { verdict } from '../../test/search-oracle.js';
import type { Database } from '../database.js';
import { MessageSearch } from '../read/message-search.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';

interface Row {
  readonly content: string;
  readonly typed: string;
  readonly found: boolean;
}

const rows = readFileSync(`${__dirname}/golden.txt`, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Row => {
    const [content = '', typed = '', found] = line
      .replace(/\\u\{([0-9a-f]+)\}/g, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
      .split(' | ');
    return { content, typed, found: found === 'yes' };
  });

let test: TestDatabase;
let database: Database;
let search: MessageSearch;
let stems: Stems;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  search = new MessageSearch(database, new RetentionClock(30));
  stems = new Stems(test);
  const now = Date.now();
  const contents = [...new Set(rows.map((row) => row.content))];
  await write(
    database,
    contents.map((content, n) => ({ ...messageAt(new Date(now - n), `session ${n}`), content })),
  );
  await stems.learn(rows.flatMap(({ content, typed }) => [content, typed]));
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

it('the table has a row for every kind of text', () => {
  expect(rows.length).toBeGreaterThan(150);
});

it.each(rows)('in $content, $typed: $found', async ({ content, typed, found }) => {
  const { items } = await search.find({ q: typed, limit: 200 });
  expect(items.some(({ message }) => message.content === content)).toBe(found);
  expect([found ? 'yes' : 'no', 'maybe']).toContain(verdict(content, typed, stems.stemOf));
});
