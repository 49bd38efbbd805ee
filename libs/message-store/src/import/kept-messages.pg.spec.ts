import { ExplainingDatabase } from '../../test/explaining-database.js';
import { messageAt, write } from '../../test/history.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
import { utcDay } from '../utc-day.js';
import { KeptMessages } from './kept-messages.js';
import { sourceMessageId } from './source-message-id.js';

let test: TestDatabase;
let database: ExplainingDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  database = new ExplainingDatabase(test.url);
  await database.connect();
});
afterAll(async () => {
  await database.close();
  await test.drop();
});

const hourMs = 3_600_000;
const midnight = Math.floor(Date.now() / (24 * hourMs)) * 24 * hourMs;
const day = new Date(midnight - 1);
const sessions = 2_000;

/** Of every session its messages of one day, half of which all sessions have at one moment. */
function messagesOf(session: number) {
  const sessionName = `session ${session}`;
  return [0, 1, 2, 3].map((place) => {
    const createdAt = new Date(midnight - (place < 2 ? hourMs : hourMs * place + session * 1_000));
    const id = sourceMessageId(createdAt, sessionName, { place, textId: `${session} ${place}` });
    return { ...messageAt(createdAt, sessionName), id };
  });
}

/** Without statistics of an earlier test, and autovacuum makes none: it would see the table before the rows are committed. */
async function makeDayAnew(): Promise<void> {
  const partition = `chat_messages_p${utcDay(day).replaceAll('-', '')}`;
  await test.query(`drop table if exists ${partition}`);
  await test.query('truncate chat_sessions');
  await test.query('select make_chat_messages_partition($1)', [utcDay(day)]);
  await test.query(`alter table ${partition} set (autovacuum_enabled = off)`);
}

describe('looking which messages are kept', () => {
  it.each([
    ['when it was full', sessions],
    ['when little was in it', 50],
    ['never', undefined],
  ])(
    'reads through the primary key what it finds and little else, of a table that was analysed %s',
    async (_, sessionsAtAnalysis) => {
      const messages = Array.from({ length: sessions }, (_, session) => messagesOf(session)).flat();
      await makeDayAnew();
      if (sessionsAtAnalysis !== undefined) {
        await write(database, messages.splice(0, sessionsAtAnalysis * messagesOf(0).length));
        await test.query('analyze chat_messages');
      }
      await write(database, messages);
      database.takeStatements();

      const batch = [7, 300, 1_999, sessions].flatMap(messagesOf);
      const kept = await new KeptMessages(database).find(batch.toReversed());
      expect([...kept.keys()].sort((one, other) => one - other)).toEqual(
        Array.from({ length: 12 }, (_, at) => at + 4),
      );
      const [statement] = database.takeStatements();
      expect(statement?.readInTurn).toEqual([]);
      const scans = statement?.scans.filter(({ relation }) => relation !== undefined) ?? [];
      expect(scans.length).toBeGreaterThan(0);
      for (const { index, rows } of scans) {
        expect(index).toMatch(/_pkey$/);
        expect(rows).toBeLessThanOrEqual(2 * batch.length);
      }
    },
    120_000,
  );
});
