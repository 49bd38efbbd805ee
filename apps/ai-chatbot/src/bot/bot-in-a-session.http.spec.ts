import { FakeCoze, FakeOpenAi, type CozeBehaviour } from '@chat-history/fake-bots';
import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { startChatbot, withCoze, type Chatbot } from '../../test/chatbot.js';
import { Customer } from '../../test/customer.js';
import { keptMessages } from '../../test/kept-messages.js';

/** What a bot is told of its session, and keeps with it, is in the database: on every replica the same. */
describe('a bot in a session', () => {
  let database: TestDatabase;
  const chatbots: Chatbot[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const chatbot of chatbots.splice(0)) await chatbot.stop();
  });
  afterAll(() => database.drop());

  async function replica(environment: Record<string, string>): Promise<Chatbot> {
    const chatbot = await startChatbot({ DATABASE_URL: database.url, ...environment });
    chatbots.push(chatbot);
    return chatbot;
  }

  describe('behind an OpenAI-compatible server', () => {
    let server: FakeOpenAi;
    let environment: Record<string, string>;
    beforeEach(async () => {
      server = await FakeOpenAi.start();
      environment = {
        BOT_PROVIDER: 'openai',
        OPENAI_BASE_URL: server.baseUrl,
        OPENAI_API_KEY: 'a-key',
        OPENAI_MODEL: 'a-model',
        OPENAI_SYSTEM_PROMPT: 'Be kind.',
        BOT_MAX_RETRIES: '0',
      };
    });
    afterEach(() => server.stop());
    const messages = () => server.requests.at(-1)?.body['messages'];

    it('is told what was said before, by whom, and no more than it may be', async () => {
      const one = await replica({ ...environment, OPENAI_CONTEXT_MESSAGES: '3' });
      const other = await replica({ ...environment, OPENAI_CONTEXT_MESSAGES: '3' });
      await new Customer(one).say('somebody else');
      const customer = new Customer(one);
      for (const [at, to] of [one, other, one].entries()) {
        server.behaviour = { pieces: [`answer ${at}`] };
        expect(await customer.say(`question ${at}`, { to })).toMatchObject({
          status: 200,
          turn: { reply: `answer ${at}` },
        });
      }
      expect(messages()).toEqual([
        { role: 'system', content: 'Be kind.' },
        { role: 'assistant', content: 'answer 0' },
        { role: 'user', content: 'question 1' },
        { role: 'assistant', content: 'answer 1' },
        { role: 'user', content: 'question 2' },
      ]);
    });

    it('is told how far an answer got that was cut, and nothing of one that failed', async () => {
      const chatbot = await replica(environment);
      const customer = new Customer(chatbot);
      server.behaviour = { pieces: ['Hello'] };
      await customer.say('hello');
      server.behaviour = { pieces: ['Half ', 'an answer'], cutAfterEvents: 2 };
      expect((await customer.say('the first')).status).toBe(502);
      server.behaviour = { status: 500 };
      expect((await customer.say('the second')).status).toBe(502);
      server.behaviour = { pieces: ['Whole'] };
      expect((await customer.say('the third')).status).toBe(200);
      expect(messages()).toEqual([
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'hello' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'the first' },
        { role: 'assistant', content: 'Half ' },
        { role: 'user', content: 'the second' },
        { role: 'user', content: 'the third' },
      ]);
    });

    it('is left alone when it only fails; customers are told so, and /metrics shows it', async () => {
      const chatbot = await replica({ ...environment, BOT_BREAKER_FAILURES: '2' });
      server.behaviour = { status: 500 };
      const answers = [];
      for (let at = 0; at < 3; at++) answers.push(await new Customer(chatbot).say('hello'));
      expect(answers.map(({ status }) => status)).toEqual([502, 502, 503]);
      expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
      // The turn was taken: under the same key its failure would be told again.
      expect(answers[2]?.problem.detail).toMatch(/with a new Idempotency-Key/);
      expect(server.requests).toHaveLength(2);
      const metrics = await (await fetch(`${await chatbot.app.getUrl()}/metrics`)).text();
      expect(metrics).toContain('chat_bot_breaker_state 2');
      expect(metrics).toContain('chat_bot_runs_total{outcome="unavailable"} 1');
    });
  });

  describe('on Coze', () => {
    let coze: FakeCoze;
    beforeEach(async () => {
      coze = await FakeCoze.start();
    });
    afterEach(() => coze.stop());

    it('does not go on in the conversation of an earlier session of the same name', async () => {
      const chatbot = await replica(withCoze(coze));
      const named = { with: { session_name: 'table 7' } };
      coze.behaviour = { pieces: ['Hello'] };
      const { turn } = await new Customer(chatbot).say('the first', named);
      await keptMessages(database, turn.session_name, 2);
      let status = 403;
      // The first turn may end a moment after its answer; until then the session is somebody's.
      while (status === 403) {
        // As its retention ends.
        for (const table of ['chat_messages', 'chat_sessions', 'chat_turns']) {
          await database.query(`delete from ${table} where session_name = $1`, [turn.session_name]);
        }
        ({ status } = await new Customer(chatbot).say('somebody else', named));
      }
      expect(status).toBe(200);
      expect(coze.requests.map(({ path }) => path)).toEqual(['/v3/chat', '/v3/chat']);
    });

    it('goes on in its conversation on another replica, and cancels there what was left behind', async () => {
      const environment = { ...withCoze(coze), BOT_MAX_RETRIES: '0' };
      const [one, other] = [await replica(environment), await replica(environment)];
      const customer = new Customer(one);
      const say = async (behaviour: CozeBehaviour, to: Chatbot) => {
        coze.behaviour = behaviour;
        return (await customer.say('hello', { to })).status;
      };
      expect(await say({ pieces: ['Hello'] }, one)).toBe(200);
      expect(await say({ pieces: ['Half ', 'an answer'], cutAfterEvents: 3 }, other)).toBe(502);
      expect(await say({ pieces: ['Whole'] }, one)).toBe(200);
      const asked = '/v3/chat?conversation_id=conversation-1';
      expect(coze.requests.map(({ path }) => path)).toEqual([
        '/v3/chat',
        asked,
        asked,
        '/v3/chat/cancel',
        asked,
      ]);
    });
  });
});
