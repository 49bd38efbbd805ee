import { FakeCoze } from '@chat-history/fake-bots';
import { chatProblem, chatResponse, problem } from '@chat-history/http-contract';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import request from 'supertest';
import { impatient, startChatbot, withCoze, type Chatbot } from '../../test/chatbot.js';
import { keptMessages } from '../../test/kept-messages.js';
import { readEvents } from '../../test/read-events.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const messagesOf = (sessionName: string, count: number) => keptMessages(database, sessionName, count);

describe('a chat with the demo bot', () => {
  let chatbot: Chatbot;
  beforeAll(async () => {
    chatbot = await startChatbot({ DATABASE_URL: database.url });
  });
  afterAll(() => chatbot.stop());
  const http = () => request(chatbot.app.getHttpServer());

  it('answers, and remembers the question and the answer in their order', async () => {
    const answer = await http().post('/chat').send({ message: '我要退款，谢谢' }).expect(200);
    const turn = chatResponse.parse(answer.body);
    expect(turn).toMatchObject({ status: 'complete', reply: expect.stringContaining('退款') as string });
    expect(await messagesOf(turn.session_name, 2)).toEqual([
      {
        id: turn.message_id,
        role: 'user',
        content: '我要退款，谢谢',
        status: 'complete',
        response_time_ms: null,
      },
      {
        id: turn.reply_id,
        role: 'assistant',
        content: turn.reply,
        status: 'complete',
        response_time_ms: turn.response_time_ms,
      },
    ]);
  });

  it('begins a session with a name made by time when it is given none', async () => {
    const names = await Promise.all(
      [1, 2].map(async () => {
        const { body } = await http().post('/chat').send({ message: 'hello' });
        return chatResponse.parse(body).session_name;
      }),
    );
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  });

  it('keeps a text of any kind as it was said', async () => {
    for (const message of [
      '<script>alert(1)</script>',
      "'; drop table chat_messages; --",
      '👩‍👩‍👧',
      ' a\r\n\tb ',
    ]) {
      const { body } = await http().post('/chat').send({ message }).expect(200);
      const [question] = await messagesOf(chatResponse.parse(body).session_name, 2);
      expect(question?.content).toBe(message);
    }
  });

  it('streams: the session, the reply word by word, then the turn as POST /chat answers it', async () => {
    const answer = await postStream(chatbot, { message: 'Where is my parcel?' });
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    const events = [];
    for await (const event of readEvents(answer)) events.push(event);

    const deltas = events.slice(1, -1);
    const done = events.at(-1);
    expect(deltas.length).toBeGreaterThan(10);
    expect(deltas.every(({ event }) => event === 'delta')).toBe(true);
    expect(done?.event).toBe('done');
    const turn = chatResponse.parse(done?.data);
    expect(events[0]).toEqual({
      event: 'session',
      data: {
        session_name: turn.session_name,
        session_token: turn.session_token,
        message_id: turn.message_id,
      },
    });
    expect(deltas.map(({ data }) => (data as { text: string }).text).join('')).toBe(turn.reply);
    expect((await messagesOf(turn.session_name, 2)).map(({ id }) => id)).toEqual([
      turn.message_id,
      turn.reply_id,
    ]);
  });

  it.each([
    ['an empty message', { message: '' }, 'message'],
    ['a blank message', { message: ' \n\t' }, 'message'],
    ['no message', {}, 'message'],
    ['a message that is no text', { message: 42 }, 'message'],
    ['a message over 32,000 characters', { message: 'x'.repeat(32_001) }, 'message'],
    ['an unknown field', { message: 'hello', role: 'agent' }, 'role'],
    ['an empty session name', { message: 'hello', session_name: '' }, 'session_name'],
    [
      'a session name over 255 characters',
      { message: 'hello', session_name: 'x'.repeat(256) },
      'session_name',
    ],
    ['a session name with a slash', { message: 'hello', session_name: 'a/b' }, 'session_name'],
    [
      'a session name with a control character',
      { message: 'hello', session_name: 'a\u0000b' },
      'session_name',
    ],
    ['a session name with a lone surrogate', { message: 'hello', session_name: '\ud800' }, 'session_name'],
    ['the session name ..', { message: 'hello', session_name: '..' }, 'session_name'],
    ['a token without a session', { message: 'hello', session_token: 'x' }, 'session_name'],
    ['an empty token', { message: 'hello', session_name: 's', session_token: '' }, 'session_token'],
    ['a list', [{ message: 'hello' }], 'body'],
  ])('refuses %s, naming the field', async (_what, body, field) => {
    for (const path of ['/chat', '/chat/stream']) {
      const answer = await http().post(path).send(body).expect(400);
      expect(problem.parse(answer.body).errors?.map((fault) => fault.field)).toEqual([field]);
    }
  });

  it('refuses a body that is no JSON and one that is too large', async () => {
    const post = () => http().post('/chat').set('Content-Type', 'application/json');
    expect(problem.parse((await post().send('{"message": "he').expect(400)).body).errors).toEqual([
      { field: 'body', message: 'must be valid JSON' },
    ]);
    const tooLarge = await post()
      .send(JSON.stringify({ message: 'x'.repeat(300_000) }))
      .expect(400);
    expect(problem.parse(tooLarge.body).errors).toEqual([
      { field: 'body', message: 'must have at most 262144 bytes' },
    ]);
  });

  it('takes a message of 32,000 characters of three bytes each', async () => {
    const message = '款'.repeat(32_000);
    const { body } = await http().post('/chat').send({ message }).expect(200);
    expect((await messagesOf(chatResponse.parse(body).session_name, 2))[0]?.content).toBe(message);
  });

  it('logs neither what was said nor the query', async () => {
    await http()
      .post('/chat?secret=in-the-query')
      .send({ message: 'a secret refund', session_name: 'quiet' });
    const log = chatbot.logLines.join('');
    expect(log).toContain('"path":"/chat"');
    expect(log).not.toMatch(/secret|demo bot/);
  });

  it('shows the state of its history in its metrics and is ready', async () => {
    await http()
      .get('/health/ready')
      .expect(200, /"status":"ok"/);
    const { text } = await http().get('/metrics').expect(200);
    expect(text).toMatch(/chat_history_committed_total [1-9]/);
    expect(text).toContain('chat_history_lost_total 0');
    expect(text).toContain('chat_history_database_up 1');
  });
});

describe('a chat with Coze', () => {
  let coze: FakeCoze;
  let chatbot: Chatbot;
  beforeAll(async () => {
    coze = await FakeCoze.start();
    chatbot = await startWithCoze();
  });
  afterAll(async () => {
    await chatbot.stop();
    await coze.stop();
  });

  it.each([
    ['was cut', 'interrupted', { pieces: ['Half ', 'an answer'], cutAfterEvents: 3 }, 'Half ', 502],
    ['said nothing', 'failed', { pieces: [] }, '', 502],
    ['refused', 'failed', { refusal: { code: 4100, msg: 'no' } }, '', 502],
  ] as const)(
    'that %s is kept as %s, and the customer hears of it',
    async (what, kept, behaviour, content, status) => {
      coze.behaviour = behaviour;
      await expectKept(chatbot, { session: what, kept, content, status });
    },
  );

  it('that fails in the first turn still tells how to go on in the session', async () => {
    coze.behaviour = { status: 401 };
    const http = request(chatbot.app.getHttpServer());
    const failed = await http.post('/chat').send({ message: 'hello', session_name: 'unlucky' }).expect(502);
    const { session_name, session_token } = chatProblem.parse(failed.body);
    coze.behaviour = { pieces: ['an answer'] };
    await http.post('/chat').send({ message: 'again', session_name, session_token }).expect(200);
    expect((await messagesOf('unlucky', 4)).map(({ status }) => status)).toEqual([
      'complete',
      'failed',
      'complete',
      'complete',
    ]);
  });

  it('that stalls is kept as interrupted, and the customer hears of it', async () => {
    const impatient = await startWithCoze({ BOT_IDLE_TIMEOUT_MS: '1000' });
    coze.behaviour = { pieces: ['Half ', 'an answer'], stallAfterEvents: 3 };
    await expectKept(impatient, { session: 'stalled', kept: 'interrupted', content: 'Half ', status: 504 });
    await impatient.stop();
  });

  it('that is under way when the service stops is kept as far as it got', async () => {
    const other = await startWithCoze({ BOT_STOP_GRACE_MS: '100' });
    coze.behaviour = { pieces: ['Half ', 'an answer'], stallAfterEvents: 3 };
    const events = readEvents(await postStream(other, { message: 'refund', session_name: 'stopped' }));
    for await (const { event } of events) {
      if (event !== 'delta') continue;
      await other.stop();
      break;
    }
    expect((await messagesOf('stopped', 2))[1]).toMatchObject({ status: 'interrupted', content: 'Half ' });
  });

  function startWithCoze(environment: Record<string, string> = {}): Promise<Chatbot> {
    return startChatbot({ DATABASE_URL: database.url, ...withCoze(coze), ...environment });
  }
});

/** Of a turn whose answer failed: what the customer is told, at once and in a stream, and what is kept. */
async function expectKept(
  chatbot: Chatbot,
  expected: { session: string; kept: string; content: string; status: number },
): Promise<void> {
  const { session, kept, content, status } = expected;
  const message = { message: 'refund', session_name: `${session} at once` };
  const answer = await request(chatbot.app.getHttpServer()).post('/chat').send(message).expect(status);
  expect(problem.parse(answer.body).status).toBe(status);

  const streamed = await postStream(chatbot, { ...message, session_name: `${session} in a stream` });
  const events = [];
  for await (const event of readEvents(streamed)) events.push(event);
  expect(events.at(-1)?.event).toBe('error');
  expect(problem.parse(events.at(-1)?.data).status).toBe(status);

  for (const how of ['at once', 'in a stream']) {
    const [question, reply] = await messagesOf(`${session} ${how}`, 2);
    expect(question).toMatchObject({ role: 'user', status: 'complete' });
    expect(reply).toMatchObject({ role: 'assistant', status: kept, content });
  }
}

describe('a chat without its database', () => {
  it.each(['refuse', 'hang'] as const)(
    'answers and says that it is degraded (connections: %s)',
    async (mode) => {
      const proxy = await FlakyProxy.to(database.url);
      proxy.become(mode);
      const chatbot = await startChatbot({ DATABASE_URL: proxy.url, ...impatient });
      const http = request(chatbot.app.getHttpServer());
      const { body } = await http.post('/chat').send({ message: 'hello' }).expect(200);
      const ready = await http.get('/health/ready').expect(200);
      expect(ready.body).toMatchObject({
        status: 'degraded',
        details: {
          database: { status: 'down' },
          spool: { status: 'up', messages: 2, bytes: expect.any(Number) as number },
          messages: { status: 'up', buffered: 0, undurable: 0, lost: 0 },
        },
      });
      await http.get('/health/live').expect(200);

      proxy.become('pass');
      expect(await messagesOf(chatResponse.parse(body).session_name, 2)).toHaveLength(2);
      await chatbot.stop();
      await proxy.close();
    },
  );
});

describe('a chat without its database and without a disk', () => {
  it('answers all the same, and health and log say that its messages are not safe', async () => {
    const proxy = await FlakyProxy.to(database.url);
    proxy.become('refuse');
    const chatbot = await startChatbot({
      DATABASE_URL: proxy.url,
      ...impatient,
      // Beneath a regular file.
      CHAT_HISTORY_SPOOL_DIR: `${__filename}/spool`,
    });
    const http = request(chatbot.app.getHttpServer());
    const { body } = await http.post('/chat').send({ message: 'hello' }).expect(200);
    const ready = await http.get('/health/ready').expect(200);
    expect(ready.body).toMatchObject({
      status: 'degraded',
      details: { spool: { status: 'down', messages: 0 }, messages: { undurable: 2, lost: 0 } },
    });
    expect(chatbot.logLines.some((line) => line.includes('"level":50'))).toBe(true);
    expect((await http.get('/metrics')).text).toContain('chat_history_undurable_total 2');

    proxy.become('pass');
    expect(await messagesOf(chatResponse.parse(body).session_name, 2)).toHaveLength(2);
    await chatbot.stop();
    await proxy.close();
  });
});

async function postStream(chatbot: Chatbot, body: object): Promise<Response> {
  return fetch(`${await chatbot.app.getUrl()}/chat/stream`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}
