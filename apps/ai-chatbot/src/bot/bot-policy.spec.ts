import { setTimeout as delay } from 'node:timers/promises';
import type { BotQuestion } from './bot.js';
import { BotAbandonedError, BotFailedError, BotTimeoutError } from './bot.errors.js';
import { BotPolicy } from './bot-policy.js';

describe('the policy for bots', () => {
  it('gives up a bot that never speaks, even one that does not heed its signal', async () => {
    const { error } = await listen(() => new Promise<void>(() => undefined), { idleTimeoutMs: 20 });
    expect(error).toBeInstanceOf(BotTimeoutError);
  });

  it('gives up a bot that speaks forever, and keeps what it said', async () => {
    const { said, error } = await listen(() => delay(5), { totalTimeoutMs: 60 });
    expect(said).toMatch(/^(word )+$/);
    expect(error).toBeInstanceOf(BotTimeoutError);
  });

  it('takes no more than a bounded answer', async () => {
    const { said, error } = await listen(() => Promise.resolve(), {}, 'x'.repeat(100_000));
    expect(said).toHaveLength(200_000);
    expect(error).toBeInstanceOf(BotFailedError);
  });

  it('stops with the reason of whoever asked', async () => {
    const asker = new AbortController();
    const listening = listen(() => new Promise<void>(() => undefined), {}, 'word ', asker.signal);
    asker.abort(new BotAbandonedError('the service is stopping'));
    expect((await listening).error).toBeInstanceOf(BotAbandonedError);
  });

  it('lets the bot know that nobody reads on', async () => {
    let signal: AbortSignal | undefined;
    const policy = new BotPolicy(
      {
        async *answer(question: BotQuestion) {
          ({ signal } = question);
          for (;;) yield 'word ';
        },
      },
      { totalTimeoutMs: 10_000, idleTimeoutMs: 10_000 },
    );
    for await (const piece of policy.answer(question(new AbortController().signal))) {
      expect(piece).toBe('word ');
      break;
    }
    expect(signal?.aborted).toBe(true);
  });

  async function listen(
    beforeEachWord: () => Promise<void>,
    limits: { totalTimeoutMs?: number; idleTimeoutMs?: number },
    word = 'word ',
    signal = new AbortController().signal,
  ) {
    const bot = {
      async *answer() {
        for (;;) {
          await beforeEachWord();
          yield word;
        }
      },
    };
    const policy = new BotPolicy(bot, { totalTimeoutMs: 10_000, idleTimeoutMs: 10_000, ...limits });
    let said = '';
    let error: unknown;
    try {
      for await (const piece of policy.answer(question(signal))) said += piece;
    } catch (fault) {
      error = fault;
    }
    return { said, error };
  }

  function question(signal: AbortSignal): BotQuestion {
    return { sessionName: 'a session', text: 'a question', signal };
  }
});
