import { FakeCoze } from '@chat-history/fake-bots';
import { chatStreamSession } from '@chat-history/http-contract';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { startChatbot, withCoze, type Chatbot } from '../../test/chatbot.js';
import { Customer } from '../../test/customer.js';
import { keptMessages } from '../../test/kept-messages.js';
import { readEvents } from '../../test/read-events.js';

const deltas = 40;
const pieces = Array.from({ length: deltas }, (_, at) => `${at}: 款 👩‍👩‍👧 `);

let database: TestDatabase;
let coze: FakeCoze;
let chatbot: Chatbot;
beforeAll(async () => {
  database = await createTestDatabase();
  coze = await FakeCoze.start();
  chatbot = await startChatbot({ DATABASE_URL: database.url, ...withCoze(coze) });
});
afterAll(async () => {
  await chatbot.stop();
  await coze.stop();
  await database.drop();
});

describe('a customer who leaves', () => {
  it.each(Array.from({ length: deltas + 1 }, (_, at) => at))(
    'after delta %i of 40 has a whole answer in the history',
    async (heardDeltas) => {
      // Two events come before the first delta. The bot says the next one when the customer has left.
      coze.behaviour = { pieces, pauseAfterEvents: 2 + heardDeltas };
      const leaving = new AbortController();
      const response = await new Customer(chatbot).post('hello', { as: 'stream' }, leaving.signal);
      const left = chatbot.logged('request aborted');
      const sessionName = await nameAfter(response, heardDeltas);
      leaving.abort();
      await left;
      coze.resume();
      const [question, reply] = await keptMessages(database, sessionName, 2);
      expect(question?.content).toBe('hello');
      expect(reply).toMatchObject({ status: 'complete', content: pieces.join('') });
    },
  );

  it('without waiting for a word has his turn taken all the same', async () => {
    coze.behaviour = { pieces, pieceDelayMs: 10 };
    const asked = coze.requests.length;
    const leaving = new AbortController();
    const message = { with: { session_name: 'left at once' } };
    const response = new Customer(chatbot).post('hello', message, leaving.signal);
    await coze.asked(asked + 1);
    leaving.abort();
    await expect(response).rejects.toThrow();
    const [, reply] = await keptMessages(database, 'left at once', 2);
    expect(reply).toMatchObject({ status: 'complete', content: pieces.join('') });
  });
});

/** The session's name, once so many deltas were heard. */
async function nameAfter(response: Response, heardDeltas: number): Promise<string> {
  let sessionName = '';
  let heard = 0;
  for await (const { event, data } of readEvents(response)) {
    if (event === 'session') sessionName = chatStreamSession.parse(data).session_name;
    else heard++;
    if (heard === heardDeltas) break;
  }
  return sessionName;
}
