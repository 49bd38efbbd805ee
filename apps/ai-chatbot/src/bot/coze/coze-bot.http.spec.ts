import { FakeCoze, type CozeBehaviour } from '@chat-history/fake-bots';
import { BotFailedError, BotTimeoutError } from '../bot.errors.js';
import { BotPolicy } from '../bot-policy.js';
import { CozeBot } from './coze-bot.js';
import { CozeClient } from './coze-client.js';

const pieces = ['我要', '退款 👍🏽', '', ' déjà', ' vu.'];
const text = pieces.join('');
/** `created`, `in_progress`, the pieces, two completed messages, `chat.completed`, `done`. */
const lastEvents = { chatCompleted: 2 + pieces.length + 2 };

describe('the Coze bot', () => {
  let coze: FakeCoze;
  beforeEach(async () => {
    coze = await FakeCoze.start();
  });
  afterEach(() => coze.stop());

  describe.each([true, false])('(streaming: %s)', (streaming) => {
    it('gives the whole answer and nothing else', async () => {
      expect(await ask({ pieces }, { streaming })).toEqual({ said: text, error: undefined });
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

    it('keeps one conversation a session', async () => {
      const bot = cozeBot({ streaming });
      coze.behaviour = { pieces };
      await listen(bot, 'session-1');
      await listen(bot, 'session-2');
      await listen(bot, 'session-1');
      const chats = coze.requests.map(({ path }) => path).filter((path) => /^\/v3\/chat(\?|$)/.test(path));
      expect(chats).toEqual(['/v3/chat', '/v3/chat', '/v3/chat?conversation_id=conversation-1']);
    });

    it('begins a new conversation after an answer that failed, for the old one may still be busy', async () => {
      const bot = cozeBot({ streaming });
      coze.behaviour = { pieces, ending: 'failed' };
      await listen(bot, 'session-1');
      coze.behaviour = { pieces };
      expect((await listen(bot, 'session-1')).error).toBeUndefined();
      expect(coze.requests.filter(({ path }) => path === '/v3/chat')).toHaveLength(2);
    });

    it.each([
      ['a refusal on status 200', { refusal: { code: 4016, msg: 'my secret words' } }, 'code 4016'],
      ['a bad token', { status: 401 }, 'status 401'],
      ['too many requests', { status: 429 }, 'status 429'],
      ['a fault of Coze', { status: 500 }, 'status 500'],
      ['a redirect', { status: 302 }, ''],
      ['a run that failed', { pieces: [], ending: 'failed' }, streaming ? 'code 5000' : 'status failed'],
      ['a run that wants a tool', { pieces: [], ending: 'requires_action' }, ''],
    ] as const)('fails on %s, and quotes nothing', async (_what, behaviour, reason) => {
      const { said, error } = await ask(behaviour, { streaming });
      expect(said).toBe('');
      expect(error).toBeInstanceOf(BotFailedError);
      expect((error as Error).message).toContain(reason);
      expect((error as Error).message).not.toContain('secret');
    });

    it('fails when Coze cannot be reached', async () => {
      await coze.stop();
      const { error } = await listen(cozeBot({ streaming }), 'session-1');
      expect(error).toBeInstanceOf(BotFailedError);
      coze = await FakeCoze.start();
    });
  });

  it('takes characters that were split between packets for what they are', async () => {
    expect(await ask({ pieces, byteByByte: true })).toEqual({ said: text, error: undefined });
  });

  it('takes an answer that came without deltas', async () => {
    expect(await ask({ pieces, withoutDeltas: true })).toEqual({ said: text, error: undefined });
  });

  it('knows a stream by its media type in any case', async () => {
    expect((await ask({ pieces, contentType: 'Text/Event-Stream;charset=UTF-8' })).said).toBe(text);
  });

  it('waits for an answer that is not streamed as long as Coze says that it is in progress', async () => {
    expect((await ask({ pieces, pollsInProgress: 20 }, { streaming: false })).said).toBe(text);
  });

  it.each(Array.from({ length: lastEvents.chatCompleted + 1 }, (_, at) => at))(
    'has failed with the exact text so far when the socket is cut before event %i',
    async (cutAfterEvents) => {
      const { said, error } = await ask({ pieces, cutAfterEvents });
      expect(said).toBe(pieces.slice(0, Math.max(0, cutAfterEvents - 2)).join(''));
      expect(error).toBeInstanceOf(BotFailedError);
    },
  );

  it('has the whole answer when only the last event, done, is cut off', async () => {
    const { said, error } = await ask({ pieces, cutAfterEvents: lastEvents.chatCompleted + 1 });
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

  async function ask(behaviour: CozeBehaviour, how: Parameters<typeof cozeBot>[0] = {}) {
    coze.behaviour = behaviour;
    return listen(cozeBot(how), 'session-1');
  }

  function cozeBot({
    streaming = true,
    idleTimeoutMs = 10_000,
  }: {
    streaming?: boolean;
    idleTimeoutMs?: number;
  }) {
    const bot = new CozeBot(new CozeClient(coze.url, 'a-token'), {
      botId: 'bot-1',
      streaming,
      pollIntervalMs: 1,
    });
    return new BotPolicy(bot, { totalTimeoutMs: 20_000, idleTimeoutMs });
  }

  async function listen(bot: BotPolicy, sessionName: string) {
    let said = '';
    let error: unknown;
    try {
      const question = { sessionName, text: 'I want a refund', signal: new AbortController().signal };
      for await (const piece of bot.answer(question)) said += piece;
    } catch (fault) {
      error = fault;
    }
    return { said, error };
  }
});
