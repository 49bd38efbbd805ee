import fc from 'fast-check';
import { messageAt, openDatabase, write } from '../../test/history.js';
import { asksOneThing, mustShowHit, verdict } from '../../test/search-oracle.js';
import { messageText, queryText } from '../../test/search-vocabulary.js';
import { Stems } from '../../test/stems.js';
import type { Database } from '../database.js';
import { MessageSearch, type FoundMessage } from '../read/message-search.js';
import { RetentionClock } from '../retention/retention-clock.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import type { Segment } from './hit-segments.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const propertyTimeoutMs = 60_000 + numRuns * 200;
const day = { from: new Date('2026-11-20T00:00:00Z'), to: new Date('2026-11-21T00:00:00Z') };

class StoppedClock extends RetentionClock {
  override now(): Date {
    return new Date('2026-11-20T12:00:00Z');
  }
}

let test: TestDatabase;
let database: Database;
let search: MessageSearch;
let stems: Stems;
beforeAll(async () => {
  test = await createTestDatabase();
  database = openDatabase(test.url);
  search = new MessageSearch(database, new StoppedClock(30));
  stems = new Stems(test);
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

let sessions = 0;
/** A session of its own for each case: what the other cases wrote is in the same index. */
async function remember(contents: readonly string[]): Promise<string> {
  const sessionName = `case ${++sessions}`;
  const messages = contents.map((content, n) => ({
    ...messageAt(new Date(day.from.getTime() + n), sessionName),
    content,
  }));
  await write(database, messages);
  return sessionName;
}

async function find(q: string, sessionName: string): Promise<ReadonlyMap<string, FoundMessage>> {
  const { items } = await search.find({ q, sessionName, limit: 200, ...day });
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
      const queries = fc.array(queryText, { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(corpus, queries, async (contents, typed) => {
          await stems.learn([...contents, ...typed]);
          const sessionName = await remember(contents);
          for (const q of typed) {
            const found = await find(q, sessionName);
            for (const content of contents) expectAsLooked(q, content, found.get(content)?.segments);
          }
        }),
        { numRuns },
      );
    },
    propertyTimeoutMs,
  );
});
