import { MessageWriter } from '@chat-history/message-store';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import { impatient, startChatbot, type Chatbot } from '../../test/chatbot.js';
import { Customer } from '../../test/customer.js';
import { keptMessages } from '../../test/kept-messages.js';
import { readEvents } from '../../test/read-events.js';

let database: TestDatabase;
let chatbot: Chatbot;
beforeAll(async () => {
  database = await createTestDatabase();
  chatbot = await startChatbot({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await chatbot.stop();
  await database.drop();
});

describe('a session', () => {
  it('gives its token once, to who began it, who goes on with it', async () => {
    const customer = new Customer(chatbot);
    const { turn: first } = await customer.say('hello', { with: { session_name: 'Vorgang №7 💬' } });
    expect(first.session_token).toMatch(/^[\w-]{43}$/);
    const { status, turn } = await customer.say('and another question');
    expect(status).toBe(200);
    expect(turn.session_name).toBe('Vorgang №7 💬');
    expect(turn).not.toHaveProperty('session_token');
    expect(await keptMessages(database, 'Vorgang №7 💬', 4)).toHaveLength(4);
  });

  it('gives its token in the stream’s first event and in its last', async () => {
    const response = await new Customer(chatbot).post('hello', { as: 'stream' });
    const events = (await response.text()).split('\n\n').filter((event) => event.includes('session_token'));
    expect(events.map((event) => /^event: (\w+)/.exec(event)?.[1])).toEqual(['session', 'done']);
  });

  it.each([undefined, 'stream'] as const)('is not for who has no token, or another one (%s)', async (as) => {
    const customer = new Customer(chatbot);
    const other = new Customer(chatbot);
    await customer.say('hello');
    await other.say('hello');
    const saying = as ? { as } : {};
    const without = await customer.say('a stranger', { ...saying, with: { session_token: undefined } });
    expect(without.status).toBe(403);
    expect(without.problem.errors?.[0]?.field).toBe('session_token');
    const wrong = await customer.say('a stranger', {
      ...saying,
      with: { session_token: other.sessionToken },
    });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(wrong.problem.errors?.[0]?.field).toBe('session_token');
    expect(await keptMessages(database, customer.sessionName!, 2)).toHaveLength(2);
  });

  it('that an agent began is not for a customer without its token', async () => {
    const { durable } = chatbot.app
      .get(MessageWriter)
      .save({ sessionName: 'an agent’s', role: 'agent', content: 'hello' });
    expect(await durable).toBe('committed');
    const answer = await new Customer(chatbot).say('hello', { with: { session_name: 'an agent’s' } });
    expect(answer.status).toBe(403);
  });

  it('is not for a stranger while its turn runs either, who takes nobody’s place', async () => {
    const slow = await startChatbot({ DATABASE_URL: database.url, DEMO_BOT_DELAY_MS: '20' });
    const customer = new Customer(slow);
    const events = readEvents(
      await customer.post('hello', { as: 'stream', with: { session_name: 'guessed' } }),
    );
    await events.next();
    const stranger = () => new Customer(slow).say('a stranger', { with: { session_name: 'guessed' } });
    const answers = await Promise.all(Array.from({ length: 10 }, stranger));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
    while (!(await events.next()).done);
    expect(await keptMessages(database, 'guessed', 2)).toHaveLength(2);
    await slow.stop();
  });

  it('has a token only with a name', async () => {
    const answer = await new Customer(chatbot).say('hello', { with: { session_token: 'x' } });
    expect([answer.status, answer.problem.errors?.[0]?.field]).toEqual([400, 'session_name']);
  });

  it('is anybody’s who knows its name when tokens are optional', async () => {
    const trusting = await startChatbot({ DATABASE_URL: database.url, CHAT_SESSION_TOKEN: 'optional' });
    const session_name = 'of a trusted backend';
    for (const message of ['one', 'two']) {
      const { status } = await new Customer(trusting).say(message, { with: { session_name } });
      expect(status).toBe(200);
    }
    expect(await keptMessages(database, session_name, 4)).toHaveLength(4);
    await trusting.stop();
  });
});

describe.each(['refuse', 'hang'] as const)('without an answer of the database (connections: %s)', (mode) => {
  let proxy: FlakyProxy;
  let cutOff: Chatbot;
  beforeAll(async () => {
    proxy = await FlakyProxy.to(database.url);
    cutOff = await startChatbot({ DATABASE_URL: proxy.url, ...impatient });
    proxy.become(mode);
  });
  afterAll(async () => {
    proxy.become('pass');
    await cutOff.stop();
    await proxy.close();
  });

  it('a session whose name the service makes begins, and goes on by its token', async () => {
    const customer = new Customer(cutOff);
    expect((await customer.say('hello')).turn.session_token).toMatch(/^[\w-]{43}$/);
    expect((await customer.say('and on')).status).toBe(200);
    proxy.become('pass');
    const kept = await keptMessages(database, customer.sessionName!, 4);
    expect(kept.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    proxy.become(mode);
  });

  it('a session that the customer names is refused: only the database knows whose it is', async () => {
    // Whatever the database was asked meanwhile, it is away again.
    let answer = await new Customer(cutOff).say('hello', { with: { session_name: `named ${mode}` } });
    while (answer.status === 200) {
      answer = await new Customer(cutOff).say('hello', {
        with: { session_name: `named ${mode} ${Math.random()}` },
      });
    }
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
