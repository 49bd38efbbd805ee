import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { textArray } from './text-array.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

/** What a text of the store can be: no NUL. */
const storable = fc
  .string({ unit: 'binary' })
  .map((value) => value.toWellFormed().replaceAll('\0', '\ufffd'));

it('gives PostgreSQL every text as it is, and null as null', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(storable, fc.constantFrom('', 'NULL', '"', '\\', '{', null))),
      async (texts) => {
        const [row] = await database.query<{ texts: string }>('select to_json($1::text[]) as texts', [
          textArray(texts),
        ]);
        expect(row?.texts).toEqual(texts);
      },
    ),
    { numRuns },
  );
});
