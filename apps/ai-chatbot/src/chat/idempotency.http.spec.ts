import { randomUUID } from 'node:crypto';
import { FakeCoze } from '@chat-history/fake-bots';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import { startChatbot, withCoze, type Chatbot } from '../../test/chatbot.js';
import { Customer } from '../../test/customer.js';
import { keptMessages } from '../../test/kept-messages.js';
import { readEvents } from '../../test/read-events.js';

let database: TestDatabase;
let proxy: FlakyProxy;
let coze: FakeCoze;
let replicas: [Chatbot, Chatbot];
beforeAll(async () => {
  database = await createTestDatabase();
  proxy = await FlakyProxy.to(database.url);
  coze = await FakeCoze.start();
  const environment = {
    DATABASE_URL: proxy.url,
    CHAT_HISTORY_COMMIT_TIMEOUT_MS: '250',
    BOT_MAX_RETRIES: '0',
  };
  const start = () => startChatbot({ ...environment, ...withCoze(coze) });
  replicas = [await start(), await start()];
});
beforeEach(() => (coze.behaviour = { pieces: ['one ', 'answer'] }));
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await coze.stop();
  await proxy.close();
  await database.drop();
});

describe.each([
  ['the same replica', 0],
  ['another replica', 1],
] as const)('a request repeated with its key, at %s,', (_where, at) => {
  const repeatedAt = () => ({ to: replicas[at] });

  it('is answered as the first, and nothing is stored twice', async () => {
    const key = randomUUID();
    const customer = new Customer(replicas[0]);
    const asked = coze.requests.length;
    // As who never heard the first answer: without a name, and without a token.
    const { turn: first } = await customer.say('hello', { key });
    const { turn: repeated, status } = await new Customer(replicas[0]).say('hello', { key, ...repeatedAt() });
    expect(status).toBe(200);
    expect(repeated).toEqual(first);
    expect(coze.requests.length).toBe(asked + 1);
    expect(await keptMessages(database, first.session_name, 2)).toHaveLength(2);
  });

  it('while the first is still running, is answered as that', async () => {
    const key = randomUUID();
    coze.behaviour = { pieces: ['one ', 'answer'], pieceDelayMs: 100 };
    const asked = coze.requests.length;
    const first = new Customer(replicas[0]).say('hello', { key });
    await coze.asked(asked + 1);
    const repeated = new Customer(replicas[0]).say('hello', { key, ...repeatedAt() });
    expect((await repeated).turn).toEqual((await first).turn);
    expect(coze.requests.length).toBe(asked + 1);
    expect(await keptMessages(database, (await first).turn.session_name, 2)).toHaveLength(2);
  });

  it('in a session that goes on, is answered as the first, and only with its token', async () => {
    const key = randomUUID();
    const customer = new Customer(replicas[0]);
    await customer.say('hello');
    const { turn: first } = await customer.say('and on', { key });
    expect((await customer.say('and on', { key, ...repeatedAt() })).turn).toEqual(first);
    const stranger = { key, ...repeatedAt(), with: { session_token: undefined } };
    expect((await customer.say('and on', stranger)).status).toBe(403);
    expect(await keptMessages(database, first.session_name, 4)).toHaveLength(4);
  });

  it('as a stream, gives the session, the whole reply and the end', async () => {
    const key = randomUUID();
    const { turn: first } = await new Customer(replicas[0]).say('hello', { key, as: 'stream' });
    const response = await new Customer(replicas[0]).post('hello', { key, as: 'stream', ...repeatedAt() });
    const events = [];
    for await (const event of readEvents(response)) events.push(event);
    const { session_name, session_token, message_id } = first;
    expect(events).toEqual([
      { event: 'session', data: { session_name, session_token, message_id } },
      { event: 'delta', data: { text: 'one answer' } },
      { event: 'done', data: first },
    ]);
  });

  it('with another text is refused', async () => {
    const key = randomUUID();
    await new Customer(replicas[0]).say('hello', { key });
    const answer = await new Customer(replicas[0]).say('something else', { key, ...repeatedAt() });
    expect([answer.status, answer.problem.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
  });

  it('is told the same problem when the bot failed, and the bot is not asked again', async () => {
    const key = randomUUID();
    coze.behaviour = { pieces: ['Half ', 'an answer'], cutAfterEvents: 3 };
    const first = await new Customer(replicas[0]).say('hello', { key });
    coze.behaviour = { pieces: ['a whole answer'] };
    const asked = coze.requests.length;
    const repeated = await new Customer(replicas[0]).say('hello', { key, ...repeatedAt() });
    expect([first.status, repeated.status]).toEqual([502, 502]);
    expect(repeated.problem).toEqual({ ...first.problem, request_id: repeated.problem.request_id });
    expect(coze.requests.length).toBe(asked);
  });
});

it('a stream that is repeated while the first runs hears at once of its session, and the whole reply at the end', async () => {
  const key = randomUUID();
  coze.behaviour = { pieces: ['one ', 'answer'], pieceDelayMs: 3_000 };
  const asked = coze.requests.length;
  const first = new Customer(replicas[0]).say('hello', { key });
  await coze.asked(asked + 1);
  const events = readEvents(await new Customer(replicas[0]).post('hello', { key, as: 'stream' }));
  const heard = await events.next();
  const replies = await database.query(
    `select from chat_messages where role = 'assistant' and session_name = $1`,
    [heard.value.data.session_name],
  );
  expect(replies).toHaveLength(0);
  const { turn } = await first;
  const { session_name, session_token, message_id } = turn;
  expect(heard.value).toEqual({ event: 'session', data: { session_name, session_token, message_id } });
  const others = [];
  for await (const event of events) others.push(event);
  expect(others).toEqual([
    { event: 'delta', data: { text: 'one answer' } },
    { event: 'done', data: turn },
  ]);
});

it('a request is repeated without a database too, at the same replica', async () => {
  proxy.become('refuse');
  const key = randomUUID();
  const { turn: first } = await new Customer(replicas[0]).say('hello', { key });
  expect((await new Customer(replicas[0]).say('hello', { key })).turn).toEqual(first);
  proxy.become('pass');
  expect(await keptMessages(database, first.session_name, 2)).toHaveLength(2);
});

it('a key that nobody remembers begins another session, and writes into no old one', async () => {
  const key = randomUUID();
  const { turn: first } = await new Customer(replicas[0]).say('hello', { key });
  await database.query(`update chat_idempotency_keys set created_at = now() - interval '25 hours'`);
  const { turn: second, status } = await new Customer(replicas[1]).say('something else', { key });
  expect(status).toBe(200);
  expect(second.session_name).not.toBe(first.session_name);
  expect(await keptMessages(database, first.session_name, 2)).toHaveLength(2);
  expect(await keptMessages(database, second.session_name, 2)).toHaveLength(2);
});

it.each(['too short', 'x'.repeat(256), `${'x'.repeat(16)}\u00e9`])('the key %j is bad input', async (key) => {
  for (const as of [undefined, 'stream'] as const) {
    const answer = await new Customer(replicas[0]).say('hello', { key, ...(as && { as }) });
    expect([answer.status, answer.problem.errors?.[0]?.field]).toEqual([400, 'Idempotency-Key']);
  }
});
