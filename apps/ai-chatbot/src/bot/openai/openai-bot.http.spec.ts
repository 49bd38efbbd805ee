import { FakeOpenAi, type OpenAiBehaviour } from '@chat-history/fake-bots';
import { askBot, wideLimits, type Heard } from '../../../test/ask-bot.js';
import type { BotQuestion } from '../bot.js';
import { BotFailedError, BotTimeoutError } from '../bot.errors.js';
import { BotPolicy, type BotLimits } from '../bot-policy.js';
import { OpenAiBot } from './openai-bot.js';

const pieces = ['我要', '退款 👍🏽', '', ' déjà', ' vu.'];
const text = pieces.join('');
/** The role, the pieces, then the reason to end, then `[DONE]`. */
const finishEvent = 1 + pieces.length;

describe('the bot behind an OpenAI-compatible server', () => {
  let server: FakeOpenAi;
  beforeEach(async () => {
    server = await FakeOpenAi.start();
  });
  afterEach(() => server.stop());

  it('gives the whole answer and nothing else', async () => {
    expect(await ask({ pieces })).toMatchObject({ said: text, error: undefined });
    expect(server.requests).toEqual([
      {
        method: 'POST',
        path: '/v1/chat/completions',
        authorization: 'Bearer a-key',
        body: { model: 'a-model', stream: true, messages: [{ role: 'user', content: 'I want a refund' }] },
      },
    ]);
  });

  it('tells the model who it is, and what was said before, an agent as one who assists', async () => {
    const question = {
      text: 'And now?',
      context: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: 'Hi' },
        { role: 'agent', content: 'Mei here' },
      ] as const,
    };
    await ask({ pieces }, { systemPrompt: 'Be kind.' }, question);
    expect(server.requests[0]?.body['messages']).toEqual([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'assistant', content: 'Mei here' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it('asks a question once that the store has already, and is then in the context', async () => {
    await ask({ pieces }, {}, { context: [{ role: 'user', content: 'I want a refund' }] });
    expect(server.requests[0]?.body['messages']).toEqual([{ role: 'user', content: 'I want a refund' }]);
  });

  it('says how much of a session it wants to be told', () => {
    const contextBounds = { maxMessages: 7, maxCharacters: 70 };
    expect(bot({ contextBounds }).contextBounds).toEqual(contextBounds);
  });

  it('takes an answer for whole that reached its greatest length', async () => {
    expect(await ask({ pieces, finishReason: 'length' })).toMatchObject({ said: text, error: undefined });
  });

  it.each([
    ['a bad key', { status: 401 }, 'status 401'],
    ['too many requests', { status: 429 }, 'status 429'],
    ['a fault of the server', { status: 500 }, 'status 500'],
    ['a model that it does not have', { status: 404 }, 'status 404'],
    ['a redirect', { status: 302 }, ''],
    ['a refusal on status 200', { rawBody: '{"code":4016,"msg":"my secret words"}' }, 'event stream'],
    ['a body that is no JSON', { rawBody: '{"choices": my secret words' }, 'event stream'],
    ['an answer that is empty', { pieces: [] }, 'said nothing'],
    ['an error in place of the answer', { pieces, errorEvent: 1 }, 'error'],
  ] as const)('fails on %s, and quotes nothing', async (_what, behaviour, reason) => {
    const { said, error } = await ask(behaviour);
    expect(said).toBe('');
    expect(error).toBeInstanceOf(BotFailedError);
    expect((error as Error).message).toContain(reason);
    expect(String((error as Error).message + String((error as Error).cause))).not.toContain('secret');
    expect(server.requests).toHaveLength(1);
  });

  it('fails when the server cannot be reached', async () => {
    await server.stop();
    expect((await askBot(bot())).error).toBeInstanceOf(BotFailedError);
    server = await FakeOpenAi.start();
  });

  it.each([
    ['a fault of the server', { status: 503 }],
    ['too many requests', { status: 429, retryAfter: '0' }],
    ['a request that took the server too long', { status: 408 }],
    ['a connection that breaks', { hangsUp: true }],
    ['a stream that breaks before its first word', { pieces, cutAfterEvents: 1 }],
  ])('asks again after %s', async (_what, fault: OpenAiBehaviour) => {
    const { said, error } = await ask(onceThen(fault, { pieces }), { maxRetries: 1 });
    expect({ said, error }).toEqual({ said: text, error: undefined });
  });

  it.each([
    ['a bad key', { status: 401 }],
    ['bad input', { status: 400 }],
    ['a stream that breaks after its first word', { pieces, cutAfterEvents: 2 }],
    ['being told to wait for longer than a customer would', { status: 429, retryAfter: '3600' }],
  ])('does not ask again after %s', async (_what, fault: OpenAiBehaviour) => {
    const { error } = await ask(onceThen(fault, { pieces }), { maxRetries: 5 });
    expect(error).toBeInstanceOf(BotFailedError);
    expect(server.requests).toHaveLength(1);
  });

  it('waits as long as the server asks it to', async () => {
    const from = performance.now();
    const { said } = await ask(onceThen({ status: 429, retryAfter: '1' }, { pieces }), { maxRetries: 1 });
    expect(said).toBe(text);
    expect(performance.now() - from).toBeGreaterThan(990);
  });

  it('takes characters that were split between packets for what they are', async () => {
    expect((await ask({ pieces, byteByByte: true })).said).toBe(text);
  });

  it.each(Array.from({ length: finishEvent + 1 }, (_, at) => at))(
    'has failed with the exact text so far when the socket is cut before event %i',
    async (cutAfterEvents) => {
      const { said, error } = await ask({ pieces, cutAfterEvents });
      expect(said).toBe(pieces.slice(0, Math.max(0, cutAfterEvents - 1)).join(''));
      expect(error).toBeInstanceOf(BotFailedError);
    },
  );

  it('has the whole answer when only the last event, [DONE], is cut off', async () => {
    expect(await ask({ pieces, cutAfterEvents: finishEvent + 1 })).toMatchObject({
      said: text,
      error: undefined,
    });
  });

  it('has failed, with the text so far, when the stream ends without a reason to', async () => {
    const { said, error } = await ask({ pieces, finishReason: null });
    expect(said).toBe(text);
    expect(error).toBeInstanceOf(BotFailedError);
  });

  it.each([
    ['a content filter stopped it', { pieces, finishReason: 'content_filter' }, text],
    ['an error breaks into it', { pieces, errorEvent: 3 }, pieces.slice(0, 2).join('')],
    ['an event of it is malformed', { pieces, malformedEvent: 3 }, pieces.slice(0, 2).join('')],
  ] as const)(
    'fails with the text so far when %s, without quoting it',
    async (_what, behaviour, expected) => {
      const log = jest.spyOn(console, 'error');
      const { said, error } = await ask(behaviour);
      // The client would write there, around the service's own log.
      expect(log).not.toHaveBeenCalled();
      log.mockRestore();
      expect(said).toBe(expected);
      expect(error).toBeInstanceOf(BotFailedError);
      expect(String((error as Error).message + String((error as Error).cause))).not.toMatch(/half|secret/);
    },
  );

  it('takes a first byte that is late, and gives up one that does not come', async () => {
    const late = { pieces, firstByteDelayMs: 300 };
    expect((await ask(late)).said).toBe(text);
    expect((await ask(late, { idleTimeoutMs: 100 })).error).toBeInstanceOf(BotTimeoutError);
  });

  it('runs out of time, with the text so far, when the model says nothing more', async () => {
    const { said, error } = await ask({ pieces, stallAfterEvents: 3 }, { idleTimeoutMs: 500 });
    expect(said).toBe(pieces.slice(0, 2).join(''));
    expect(error).toBeInstanceOf(BotTimeoutError);
  });

  function ask(
    behaviour: FakeOpenAi['behaviour'],
    how: Parameters<typeof bot>[0] = {},
    question: Partial<BotQuestion> = {},
  ): Promise<Heard> {
    server.behaviour = behaviour;
    return askBot(bot(how), question);
  }

  /** The first request goes wrong. */
  function onceThen(fault: OpenAiBehaviour, behaviour: OpenAiBehaviour): FakeOpenAi['behaviour'] {
    return () => (server.requests.length === 1 ? fault : behaviour);
  }

  function bot({
    systemPrompt,
    contextBounds = { maxMessages: 20, maxCharacters: 16_000 },
    ...limits
  }: Partial<BotLimits> & { systemPrompt?: string; contextBounds?: BotPolicy['contextBounds'] } = {}) {
    const options = {
      baseUrl: server.baseUrl,
      apiKey: 'a-key',
      model: 'a-model',
      systemPrompt,
      contextBounds,
    };
    return new BotPolicy(new OpenAiBot(options), { ...wideLimits, ...limits });
  }
});
