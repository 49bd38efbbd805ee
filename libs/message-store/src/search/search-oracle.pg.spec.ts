import fc from 'fast-check';
import { ExplainingDatabase } from '../../test/explaining-database.js';
import { messageAt, openDatabase, write } from '../../test/history.js';
import { asksOneThing, mustShowHit, verdict } from '../../test/search-oracle.js';
import { messageText, queryText } from '../../test/search-vocabulary.js';
import { Stems } from '../../test/stems.js';
import { StoppedClock } from '../../test/stopped-clock.js';
import type { Database } from '../database.js';
import { MessageSearch } from '../read/message-search.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import type { Segment } from './hit-segments.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const propertyTimeoutMs = 120_000 + numRuns * 200;
const firstDay = Date.parse('2026-10-22T00:00:00Z');
const dayMs = 86_400_000;
const keptDays = 29;
const caseMs = 10_000;

const clock = new StoppedClock(new Date('2026-11-20T12:00:00Z'));

let test: TestDatabase;
let database: Database;
let search: MessageSearch;
let stems: Stems;
beforeAll(async () => {
  test = await createTestDatabase();
  // See `urlByWords`.
  await test.query('drop index chat_messages_created_at_id_idx');
  database = openDatabase(urlByWords());
  search = new MessageSearch(database, clock);
  stems = new Stems(test);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

/** What the other cases wrote is in the same index, but in other sessions and in other seconds. */
interface Case {
  readonly sessionName: string;
  readonly from: Date;
  readonly to: Date;
}

/**
 * So few messages PostgreSQL would read in turn, and those of a few seconds along their time. Where neither can be,
 * and only what comes out of an index counts, they are found by their words, as they are among many.
 */
function urlByWords(): string {
  const url = new URL(test.url);
  const costs = ['random_page_cost=0', 'seq_page_cost=0', 'cpu_operator_cost=0'];
  url.searchParams.set('options', ['enable_seqscan=off', ...costs].map((set) => `-c ${set}`).join(' '));
  return url.href;
}

let cases = 0;
async function remember(contents: readonly string[]): Promise<Case> {
  const at = cases++;
  const sessionName = `case ${at}`;
  const begin = firstDay + (at % keptDays) * dayMs + Math.floor(at / keptDays) * caseMs;
  const messages = contents.map((content, n) => ({
    ...messageAt(new Date(begin + n), sessionName),
    content,
  }));
  await write(database, messages);
  return { sessionName, from: new Date(begin), to: new Date(begin + caseMs) };
}

/** A query and how it is asked: who names a session has another index, and another way along it. */
interface Asked {
  readonly q: string;
  readonly isOfSession: boolean;
}

async function find({ q, isOfSession }: Asked, { sessionName, from, to }: Case) {
  const { items } = await search.find({ q, from, to, limit: 200, ...(isOfSession && { sessionName }) });
  return new Map(items.map((item) => [item.message.content, item]));
}

/** The segments of a message that was found, and what a look at it says. */
function expectAsLooked(q: string, content: string, segments: readonly Segment[] | undefined): void {
  const expected = verdict(content, q, stems.stemOf);
  if (expected !== 'maybe')
    expect({ q, content, found: segments ? 'yes' : 'no' }).toEqual({ q, content, found: expected });
  if (!segments) return;
  expect(segments.map(({ text }) => text).join('')).toBe(content);
  const hits = segments.filter(({ hit }) => hit).map(({ text }) => text);
  if (mustShowHit(content, q, stems.stemOf))
    expect({ q, content, hits: hits.length > 0 }).toEqual({ q, content, hits: true });
  if (!asksOneThing(q)) return;
  // What is marked is what was asked for: by itself it would be found, too.
  const wrong = hits.filter((hit) => verdict(hit, q, stems.stemOf) === 'no');
  expect({ q, content, wrong }).toEqual({ q, content, wrong: [] });
}

describe('what is found', () => {
  it(
    'is what a look at every message finds, and is marked',
    async () => {
      const corpus = fc.uniqueArray(messageText, { minLength: 1, maxLength: 12 });
      const asked = fc.record({ q: queryText, isOfSession: fc.boolean() });
      const queries = fc.array(asked, { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(corpus, queries, async (contents, typed) => {
          await stems.learn([...contents, ...typed.map(({ q }) => q)]);
          const kept = await remember(contents);
          for (const query of typed) {
            const found = await find(query, kept);
            for (const content of contents) expectAsLooked(query.q, content, found.get(content)?.segments);
          }
        }),
        { numRuns },
      );
    },
    propertyTimeoutMs,
  );

  it('is looked for in the index of the words where no session is named', async () => {
    const kept = await remember(['refund', 'battery']);
    const explaining = new ExplainingDatabase(urlByWords());
    await explaining.connect();
    const { from, to } = kept;
    const { items } = await new MessageSearch(explaining, clock).find({ q: 'refund', from, to, limit: 200 });
    const indexes = explaining.takeStatements().flatMap(({ scans }) => scans.map(({ index }) => index));
    await explaining.close();
    expect(items).toHaveLength(1);
    expect(indexes).toContainEqual(expect.stringContaining('content_tsv'));
  });
});
