import { ExplainingDatabase } from '../../test/explaining-database.js';
import { messageAt, write } from '../../test/history.js';
import { createTestDatabase, type TestDatabase } from '../testing.js';
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

describe('looking which messages are kept', () => {
  it.each(['analysed', 'not analysed'])(
    'reads through the primary key what it finds and little else, when the table is %s',
    async (state) => {
      await test.query('truncate chat_messages, chat_sessions');
      await write(database, Array.from({ length: sessions }, (_, session) => messagesOf(session)).flat());
      if (state === 'analysed') await test.query('analyze chat_messages');
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
    60_000,
  );
});
