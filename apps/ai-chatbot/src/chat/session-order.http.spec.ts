import { FakeCoze } from '@chat-history/fake-bots';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { startChatbot, withCoze, type Chatbot } from '../../test/chatbot.js';
import { Customer } from '../../test/customer.js';
import { keptMessages } from '../../test/kept-messages.js';
import { readEvents } from '../../test/read-events.js';

let database: TestDatabase;
let coze: FakeCoze;
let replicas: [Chatbot, Chatbot];
beforeAll(async () => {
  database = await createTestDatabase();
  coze = await FakeCoze.start();
  const start = () => startChatbot({ DATABASE_URL: database.url, ...withCoze(coze) });
  replicas = [await start(), await start()];
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await coze.stop();
  await database.drop();
});

describe('turns of one session', () => {
  it('sent at once to two replicas are taken one after the other, each with its answer', async () => {
    coze.behaviour = { pieces: ['an ', 'answer'] };
    const customer = new Customer(replicas[0]);
    await customer.say('begin');
    coze.behaviour = { pieces: Array.from({ length: 10 }, (_, at) => `${at} `), pieceDelayMs: 5 };
    const answers = await Promise.all(
      [0, 1, 0, 1, 0].map((replica, at) => customer.say(`question ${at}`, { to: replicas[replica] })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    const kept = await keptMessages(database, customer.sessionName!, 12);
    expect(kept.map(({ role }) => role)).toEqual(
      Array.from({ length: 6 }, () => ['user', 'assistant']).flat(),
    );
    for (const { turn } of answers) {
      const at = kept.findIndex(({ id }) => id === turn.message_id);
      expect(kept[at + 1]?.id).toBe(turn.reply_id);
    }
  });

  it('keep their order when one replica answers after the other, without a pause', async () => {
    coze.behaviour = { pieces: ['an answer'] };
    const customer = new Customer(replicas[0]);
    const said = Array.from({ length: 20 }, (_, at) => `question ${at}`);
    for (const [at, question] of said.entries()) await customer.say(question, { to: replicas[at % 2]! });
    const kept = await keptMessages(database, customer.sessionName!, 40);
    expect(kept.map(({ content }) => content)).toEqual(said.flatMap((question) => [question, 'an answer']));
  });

  it('wait five at a time; the next is told to come again', async () => {
    const customer = new Customer(replicas[0]);
    coze.behaviour = { pieces: ['an answer'] };
    await customer.say('begin');
    coze.behaviour = { pieces: ['an ', 'answer'], pauseAfterEvents: 3 };
    const first = readEvents(await customer.post('first', { as: 'stream' }));
    while ((await first.next()).value?.event !== 'delta');
    const others = Array.from({ length: 6 }, (_, at) => customer.say(`other ${at}`));
    const refused = await Promise.race(others);
    expect(refused.status).toBe(409);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.problem.detail).toMatch(/still being answered/);

    coze.behaviour = { pieces: ['an answer'] };
    coze.resume();
    const statuses = (await Promise.all(others)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 409]);
    const kept = await keptMessages(database, customer.sessionName!, 14);
    expect(kept.map(({ role }) => role)).toEqual(
      Array.from({ length: 7 }, () => ['user', 'assistant']).flat(),
    );
  });

  it('go on in the bot’s conversation, whichever replica answers', async () => {
    coze.behaviour = { pieces: ['an answer'] };
    const customer = new Customer(replicas[0]);
    const asked = coze.requests.length;
    await customer.say('one', { to: replicas[0] });
    await customer.say('two', { to: replicas[1] });
    const [begun, continued] = coze.requests.slice(asked).map(({ path }) => path);
    expect(begun).toBe('/v3/chat');
    expect(continued).toMatch(/^\/v3\/chat\?conversation_id=conversation-\d+$/);
  });
});
