import { FakeCoze, type CozeBehaviour } from '@chat-history/fake-bots';
import { askBot, wideLimits, type Heard } from '../../../test/ask-bot.js';
import { BotFailedError, BotTimeoutError } from '../bot.errors.js';
import { BotPolicy, type BotLimits } from '../bot-policy.js';
import { CozeBot } from './coze-bot.js';
import { CozeClient } from './coze-client.js';

const pieces = ['我要', '退款 👍🏽', '', ' déjà', ' vu.'];
const text = pieces.join('');
/** A run that goes on at Coze after the service lost it. */
const leftBehind = { pieces, cutAfterEvents: 4 };
/** `created`, `in_progress`, the pieces, two completed messages, `chat.completed`, `done`. */
const chatCompletedEvent = 2 + pieces.length + 2;

describe('the Coze bot', () => {
  let coze: FakeCoze;
  beforeEach(async () => {
    coze = await FakeCoze.start();
  });
  afterEach(() => coze.stop());

  describe.each([true, false])('(streaming: %s)', (streaming) => {
    it('gives the whole answer and nothing else', async () => {
      expect(await ask({ pieces }, { streaming })).toMatchObject({ said: text, error: undefined });
      expect(coze.requests[0]).toMatchObject({
        path: '/v3/chat',
        authorization: 'Bearer a-token',
        body: {
          bot_id: 'bot-1',
          user_id: 'session-1',
          stream: streaming,
          additional_messages: [{ role: 'user', content: 'I want a refund', content_type: 'text' }],
        },
      });
    });

    it('gives every answer of a run that has several', async () => {
      const { said, error } = await ask({ pieces, fixedAnswer: ' Anything else?' }, { streaming });
      expect({ said, error }).toEqual({ said: `${text} Anything else?`, error: undefined });
    });

    it.each([
      ['a whole answer', {}],
      ['a run that failed', { ending: 'failed' }],
    ] as const)('goes on in the conversation of the session after %s', async (_what, behaviour) => {
      const { note } = await ask({ pieces, ...behaviour }, { streaming });
      await ask({ pieces }, { streaming }, note);
      expect(chats()).toEqual(['/v3/chat', '/v3/chat?conversation_id=conversation-1']);
    });

    it.each([
      ['a refusal on status 200', { refusal: { code: 4100, msg: 'my secret words' } }, 'code 4100'],
      ['a bad token', { status: 401 }, 'status 401'],
      ['too many requests', { status: 429 }, 'status 429'],
      ['a fault of Coze', { status: 500 }, 'status 500'],
      ['a redirect', { status: 302 }, ''],
      ['a body that is no JSON', { rawBody: '{"code": my secret words' }, 'malformed'],
      ['a body of another shape', { rawBody: '{"code": 0, "data": {"id": 7}}' }, ''],
      ['a run that failed', { pieces: [], ending: 'failed' }, streaming ? 'code 5000' : 'status failed'],
      ['a run that wants a tool', { pieces: [], ending: 'requires_action' }, ''],
      ['a run that says nothing', { pieces: [] }, 'said nothing'],
    ] as const)('fails on %s, and quotes nothing', async (_what, behaviour, reason) => {
      const { said, error } = await ask(behaviour, { streaming });
      expect(said).toBe('');
      expect(error).toBeInstanceOf(BotFailedError);
      expect((error as Error).message).toContain(reason);
      expect((error as Error).message).not.toContain('secret');
    });

    it('fails when Coze cannot be reached', async () => {
      await coze.stop();
      const { error } = await askBot(cozeBot({ streaming }));
      expect(error).toBeInstanceOf(BotFailedError);
      coze = await FakeCoze.start();
    });

    it.each([
      ['a fault of Coze', { status: 500 }],
      ['too many requests', { status: 429, retryAfter: '0' }],
      ['a request that took Coze too long', { status: 408 }],
      ['a refusal for the number of requests', { refusal: { code: 4013, msg: '' } }],
      ['a connection that breaks', { hangsUp: true }],
    ])('asks again after %s', async (_what, fault: CozeBehaviour) => {
      const { said, error } = await ask(onceThen(fault, { pieces }), { streaming, maxRetries: 1 });
      expect({ said, error }).toEqual({ said: text, error: undefined });
    });

    it.each([
      ['a bad token', { status: 401 }],
      ['a refusal', { refusal: { code: 4100, msg: '' } }],
      ['being told to wait for longer than a customer would', { status: 429, retryAfter: '3600' }],
    ])('does not ask again after %s', async (_what, fault: CozeBehaviour) => {
      const { error } = await ask(onceThen(fault, { pieces }), { streaming, maxRetries: 5 });
      expect(error).toBeInstanceOf(BotFailedError);
      expect(coze.requests).toHaveLength(1);
    });

    it('waits as long as Coze asks it to', async () => {
      const from = performance.now();
      const fault = { status: 429, retryAfter: '1' };
      expect((await ask(onceThen(fault, { pieces }), { streaming, maxRetries: 1 })).said).toBe(text);
      expect(performance.now() - from).toBeGreaterThan(990);
    });

    it('takes a first byte that is late, and gives up one that does not come', async () => {
      const late = { pieces, firstByteDelayMs: 300 };
      expect((await ask(late, { streaming })).said).toBe(text);
      const { error } = await ask(late, { streaming, idleTimeoutMs: 100 });
      expect(error).toBeInstanceOf(BotTimeoutError);
    });

    describe('in a conversation that is busy', () => {
      it.each([
        ['as the whole body', {}],
        ['as an event', { refusesByEvent: true }],
      ])(
        'told so %s, cancels the run that was left behind, and goes on when it has ended',
        async (_how, how) => {
          const { note } = await ask(leftBehind);
          const { said, error } = await ask({ pieces, ...how }, { streaming }, note);
          expect({ said, error }).toEqual({ said: text, error: undefined });
          expect(chats()).toEqual([
            '/v3/chat',
            '/v3/chat?conversation_id=conversation-1',
            '/v3/chat?conversation_id=conversation-1',
          ]);
          expect(coze.requests).toContainEqual(
            expect.objectContaining({
              path: '/v3/chat/cancel',
              body: { conversation_id: 'conversation-1', chat_id: 'chat-1' },
            }),
          );
        },
      );

      it.each([
        ['is not known to Coze', { cancelling: 'unknown-chat' }],
        ['wants no end, and the service no longer knows it', { cancelling: 'ignored' }],
      ] as const)('begins a new one when the run %s', async (_what, behaviour) => {
        let { note } = await ask(leftBehind);
        if (behaviour.cancelling === 'ignored') note = '{"conversation_id":"conversation-1"}';
        const { said, error, note: newNote } = await ask({ pieces, ...behaviour }, { streaming }, note);
        expect({ said, error }).toEqual({ said: text, error: undefined });
        expect(chats().at(-1)).toBe('/v3/chat');
        expect(newNote).toBe('{"conversation_id":"conversation-2"}');
      });

      it('is not stuck when the answer runs out of time while it waits: the next question begins anew', async () => {
        const { note } = await ask(leftBehind);
        const ignored = { pieces, cancelling: 'ignored' } as const;
        const second = await ask(ignored, { streaming, totalTimeoutMs: 300 }, note);
        expect(second.error).toBeInstanceOf(BotTimeoutError);
        const third = await ask(ignored, { streaming }, second.note);
        expect({ said: third.said, error: third.error }).toEqual({ said: text, error: undefined });
      });
    });

    it('begins a new conversation when Coze does not know the one of the session', async () => {
      const unknown = { refusal: { code: 4200, msg: 'no such conversation' } };
      const { said } = await ask(
        ({ path }) => (path.includes('gone') ? unknown : { pieces }),
        { streaming },
        '{"conversation_id":"gone"}',
      );
      expect(said).toBe(text);
    });

    it('keeps the conversation when Coze only refuses for the number of requests', async () => {
      const note = '{"conversation_id":"conversation-7"}';
      const heard = await ask({ refusal: { code: 4013, msg: 'too many' } }, { streaming }, note);
      expect(heard.error).toBeInstanceOf(BotFailedError);
      expect(heard.note).toBe(note);
      expect(coze.requests).toHaveLength(1);
    });

    it.each(['', 'null', '{"conversation_id": 7}', 'what another bot left'])(
      'takes %j for no conversation',
      async (note) => {
        expect((await ask({ pieces }, { streaming }, note)).said).toBe(text);
        expect(chats()).toEqual(['/v3/chat']);
      },
    );
  });

  it('asks again in the same conversation when the run was begun and broke before its first word', async () => {
    const { said, error, note } = await ask(onceThen({ pieces, cutAfterEvents: 2 }, { pieces }), {
      maxRetries: 1,
    });
    expect({ said, error, note }).toEqual({
      said: text,
      error: undefined,
      note: '{"conversation_id":"conversation-1"}',
    });
  });

  it('takes characters that were split between packets for what they are', async () => {
    expect((await ask({ pieces, byteByByte: true })).said).toBe(text);
  });

  it('takes an answer that came without deltas', async () => {
    expect((await ask({ pieces, withoutDeltas: true })).said).toBe(text);
  });

  it('knows a stream by its media type in any case', async () => {
    expect((await ask({ pieces, contentType: 'Text/Event-Stream;charset=UTF-8' })).said).toBe(text);
  });

  it('waits for an answer that is not streamed as long as Coze says that it is in progress', async () => {
    expect((await ask({ pieces, pollsInProgress: 20 }, { streaming: false })).said).toBe(text);
  });

  it.each(Array.from({ length: chatCompletedEvent + 1 }, (_, at) => at))(
    'has failed with the exact text so far when the socket is cut before event %i',
    async (cutAfterEvents) => {
      const { said, error } = await ask({ pieces, cutAfterEvents });
      expect(said).toBe(pieces.slice(0, Math.max(0, cutAfterEvents - 2)).join(''));
      expect(error).toBeInstanceOf(BotFailedError);
    },
  );

  it('has the whole answer when only the last event, done, is cut off', async () => {
    const { said, error } = await ask({ pieces, cutAfterEvents: chatCompletedEvent + 1 });
    expect({ said, error }).toEqual({ said: text, error: undefined });
  });

  it('fails on a malformed event, with the text so far and without quoting it', async () => {
    const { said, error } = await ask({ pieces, malformedEvent: 4 });
    expect(said).toBe(pieces.slice(0, 2).join(''));
    expect(error).toBeInstanceOf(BotFailedError);
    expect(String((error as Error).message + String((error as Error).cause))).not.toContain('half');
  });

  it('runs out of time, with the text so far, when Coze says nothing more', async () => {
    const { said, error } = await ask({ pieces, stallAfterEvents: 4 }, { idleTimeoutMs: 500 });
    expect(said).toBe(pieces.slice(0, 2).join(''));
    expect(error).toBeInstanceOf(BotTimeoutError);
  });

  function ask(
    behaviour: FakeCoze['behaviour'],
    how: Parameters<typeof cozeBot>[0] = {},
    conversation?: string,
  ): Promise<Heard> {
    coze.behaviour = behaviour;
    return askBot(cozeBot(how), { conversation });
  }

  /** The first request goes wrong. */
  function onceThen(fault: CozeBehaviour, behaviour: CozeBehaviour): FakeCoze['behaviour'] {
    return () => (coze.requests.length === 1 ? fault : behaviour);
  }

  function cozeBot({ streaming = true, ...limits }: { streaming?: boolean } & Partial<BotLimits>) {
    const client = new CozeClient(coze.url, 'a-token');
    const bot = new CozeBot(client, { botId: 'bot-1', streaming, pollIntervalMs: 1 });
    return new BotPolicy(bot, { ...wideLimits, ...limits });
  }

  /** The paths by which a run was asked for. */
  function chats(): string[] {
    return coze.requests.map(({ path }) => path).filter((path) => /^\/v3\/chat(\?|$)/.test(path));
  }
});
