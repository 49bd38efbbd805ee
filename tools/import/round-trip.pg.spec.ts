import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { sessionName } from '@chat-history/http-contract';
import {
  createTestDatabase,
  insertDatedMessages,
  type DatedMessage,
  type TestDatabase,
} from '@chat-history/message-store/testing';
import fc from 'fast-check';
import { exported } from '../test/exported';
import { runTool, type ToolRun } from '../test/run-tool';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const hourMs = 3_600_000;
const retentionDays = 30;
/** Some of them are equal to the millisecond. */
const newest = Date.now() - hourMs;

const text = fc.oneof(
  fc.string({ unit: 'binary', size: 'large' }),
  fc.string({ unit: 'grapheme' }),
  fc
    .array(fc.constantFrom('"', '""', ',', ';', '\r', '\n', '\r\n', '\t', ' ', '\\', '\\N', 'NULL', '=', "'", '退款', '😀', '\ufeff', '\u2028', '\0', '\ud800'))
    .map((parts) => parts.join('')),
); // prettier-ignore
const name = fc
  .oneof(fc.constantFrom('a', '会话 1', ' ', '"', ',', '\ufeff', 'NULL'), fc.string({ unit: 'binary' }))
  .filter((each) => sessionName.safeParse(each).success);

const message: fc.Arbitrary<DatedMessage> = fc.record(
  {
    sessionName: name,
    role: fc.constantFrom('user' as const, 'assistant' as const, 'agent' as const),
    content: text,
    createdAt: fc
      .oneof(fc.nat(3), fc.nat((retentionDays - 1) * 24 * hourMs))
      .map((ago) => new Date(newest - ago)),
    status: fc.constantFrom('complete' as const, 'interrupted' as const, 'failed' as const),
    responseTimeMs: fc.nat(2_147_483_647),
    agentId: fc.string({ unit: 'binary', maxLength: 64 }),
    agentName: text,
    metadata: fc.dictionary(text, fc.jsonValue({ maxDepth: 3 })),
  },
  { requiredKeys: ['sessionName', 'role', 'content', 'createdAt'] },
);

let source: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chat-history-round-trip-'));
  source = await createTestDatabase();
  await insertDatedMessages(source.url, fc.sample(message, numRuns), retentionDays);
}, 600_000);
afterAll(async () => {
  await source.drop();
  await rm(folder, { recursive: true });
});

async function tables(database: TestDatabase) {
  return {
    messages: await database.query('select * from chat_messages order by session_name, created_at, id'),
    sessions: await database.query('select * from chat_sessions order by session_name'),
  };
}

/** The first line: how far it has come follows on standard error. */
const reportOf = ({ output }: ToolRun) => JSON.parse(output.split('\n')[0] ?? '') as unknown;

describe('an export, imported into an empty database', () => {
  it.each([
    ['csv-raw', false],
    ['jsonl', true],
  ] as const)(
    'gives equal tables, and the same file again: %s, packed: %j',
    async (format, gzip) => {
      const target = await createTestDatabase();
      try {
        const bytes = await exported(source.url, { format, gzip }, folder);
        const file = path.join(folder, `${format}-${gzip}`);
        await writeFile(file, bytes);
        const args = [file, '--format', format, '--json'];
        const environment = { DATABASE_URL: target.url, CHAT_HISTORY_RETENTION_DAYS: String(retentionDays) };
        const first = await runTool('import.mts', args, environment);
        expect(first.exitCode).toBe(0);
        expect(reportOf(first)).toMatchObject({ read: numRuns, inserted: numRuns });
        const before = await tables(source);
        expect(await tables(target)).toEqual(before);
        expect((await exported(target.url, { format, gzip }, folder)).equals(bytes)).toBe(true);

        const second = await runTool('import.mts', args, environment);
        expect(reportOf(second)).toMatchObject({ inserted: 0, alreadyThere: numRuns });
        expect(await tables(target)).toEqual(before);
      } finally {
        await target.drop();
      }
    },
    600_000,
  );
});
