import { setTimeout as delay } from 'node:timers/promises';
import { Registry } from 'prom-client';
import { askBot, botQuestion, wideLimits } from '../../test/ask-bot.js';
import type { Bot, BotQuestion } from './bot.js';
import {
  BotAbandonedError,
  BotBusyError,
  BotFailedError,
  BotTimeoutError,
  BotUnavailableError,
} from './bot.errors.js';
import { BotMetrics } from './bot-metrics.js';
import { BotPolicy, type BotLimits } from './bot-policy.js';

const never = () => new Promise<void>(() => undefined);
const passing = (retryAfterMs?: number) =>
  new BotFailedError('a fault that may pass', { isTransient: true, retryAfterMs });

describe('the policy for bots', () => {
  describe('on time and length', () => {
    it('gives up a bot that never speaks, even one that does not heed its signal', async () => {
      const { error } = await askBot(policy(talking(never), { idleTimeoutMs: 20 }));
      expect(error).toBeInstanceOf(BotTimeoutError);
    });

    it('gives up a bot that speaks forever, and keeps what it said', async () => {
      const { said, error } = await askBot(
        policy(
          talking(() => delay(5)),
          { totalTimeoutMs: 60 },
        ),
      );
      expect(said).toMatch(/^(word )+$/);
      expect(error).toBeInstanceOf(BotTimeoutError);
    });

    it('takes no more than a bounded answer', async () => {
      const { said, error } = await askBot(policy(talking(() => Promise.resolve(), 'x'.repeat(100_000))));
      expect(said).toHaveLength(200_000);
      expect(error).toBeInstanceOf(BotFailedError);
    });

    it('gives up a bot that sends no end of empty pieces', async () => {
      const { error } = await askBot(policy(talking(() => Promise.resolve(), '')));
      expect(error).toEqual(new BotFailedError('the answer has over 1000000 pieces'));
    });

    it('has failed when a bot has nothing to say', async () => {
      const silent = saying(() => ['', '']);
      expect((await askBot(policy(silent))).error).toBeInstanceOf(BotFailedError);
    });

    it.each([
      ['before it is asked', 0, talking(never)],
      ['while it is silent', 1, talking(never)],
      ['while its next attempt is waited for', 1, failing(() => passing(5_000))],
    ])('stops with the reason of whoever asked, %s', async (_when, questions, bot) => {
      const asker = new AbortController();
      const asked = Promise.withResolvers<void>();
      const watched = {
        answer(question: BotQuestion) {
          asked.resolve();
          return bot.answer(question);
        },
      };
      const stop = () => asker.abort(new BotAbandonedError('the service is stopping'));
      if (questions === 0) stop();
      const listening = askBot(policy(watched, { maxRetries: 1 }), { signal: asker.signal });
      if (questions === 1) await asked.promise.then(() => delay(10));
      stop();
      expect((await listening).error).toBeInstanceOf(BotAbandonedError);
    });

    it('lets the bot know that nobody reads on', async () => {
      let signal: AbortSignal | undefined;
      const bot = {
        async *answer(question: BotQuestion) {
          ({ signal } = question);
          for (;;) yield 'word ';
        },
      };
      for await (const piece of policy(bot).answer(botQuestion())) {
        expect(piece).toBe('word ');
        break;
      }
      expect(signal?.aborted).toBe(true);
    });
  });

  describe('on asking again', () => {
    it('asks again while nothing was said, as often as it may', async () => {
      let asked = 0;
      const bot = failing(() => {
        asked++;
        return passing();
      });
      expect((await askBot(policy(bot, { maxRetries: 2 }))).error).toBeInstanceOf(BotFailedError);
      expect(asked).toBe(3);
    });

    it('gives the next attempt the conversation that the last one kept', async () => {
      const conversations: (string | undefined)[] = [];
      const bot = {
        async *answer({ conversation, keepConversation }: BotQuestion) {
          conversations.push(conversation);
          keepConversation('a note');
          if (conversations.length === 1) throw passing();
          yield 'word';
        },
      };
      const { said, note } = await askBot(policy(bot, { maxRetries: 1 }), { conversation: 'before' });
      expect({ said, note, conversations }).toEqual({
        said: 'word',
        note: 'a note',
        conversations: ['before', 'a note'],
      });
    });

    it.each([
      ['a fault that will not pass', () => [], new BotFailedError('no')],
      ['a fault after the first word', () => ['word'], passing()],
      ['a silence', () => [], new BotTimeoutError('silent')],
      ['a fault of our own', () => [], new TypeError('oh')],
    ])('does not ask again after %s', async (_what, words: () => string[], fault) => {
      let asked = 0;
      const bot = {
        async *answer() {
          asked++;
          yield* words();
          throw fault;
        },
      };
      const { said, error } = await askBot(policy(bot, { maxRetries: 5 }));
      expect({ said, error, asked }).toEqual({ said: words().join(''), error: fault, asked: 1 });
    });
  });

  describe('on a bot that only fails', () => {
    const limits = { breakerFailures: 3, breakerCooldownMs: 60_000 };

    it.each([
      ['faults that may pass', () => failing(() => passing()), {}],
      ['silences', () => talking(never), { idleTimeoutMs: 10 }],
    ])('leaves it alone after so many %s in a row, and says for how long', async (_what, bot, more) => {
      const asked = policy(bot(), { ...limits, ...more });
      for (let at = 0; at < 3; at++)
        expect((await askBot(asked)).error).not.toBeInstanceOf(BotUnavailableError);
      const { error } = await askBot(asked);
      expect(error).toBeInstanceOf(BotUnavailableError);
      const { retryAfterMs } = error as BotUnavailableError;
      expect(retryAfterMs).toBeGreaterThan(0);
      expect(retryAfterMs).toBeLessThanOrEqual(60_000);
      expect(asked.state().breaker).toBe('open');
    });

    it('asks a question no more that found out itself, or that waited meanwhile', async () => {
      const found = policy(
        failing(() => passing()),
        { breakerFailures: 1, maxRetries: 5 },
      );
      expect((await askBot(found)).error).toBeInstanceOf(BotUnavailableError);

      let asked = 0;
      const bot = failing(() => {
        asked++;
        return passing();
      });
      const one = policy(bot, { breakerFailures: 1, maxConcurrent: 1, maxQueued: 1 });
      const [, waited] = await Promise.all([askBot(one), askBot(one)]);
      expect(waited.error).toBeInstanceOf(BotUnavailableError);
      expect(asked).toBe(1);
    });

    it('goes on asking one that refuses, or that fails only now and then', async () => {
      const refusing = policy(
        failing(() => new BotFailedError('no')),
        limits,
      );
      for (let at = 0; at < 5; at++) await askBot(refusing);
      expect(refusing.state().breaker).toBe('closed');

      let asked = 0;
      const flaky = policy(
        saying(() => (++asked % 3 === 0 ? ['word'] : fail(passing()))),
        limits,
      );
      for (let at = 0; at < 9; at++) await askBot(flaky);
      expect(flaky.state().breaker).toBe('closed');
    });

    it('lets one question try it after a while, refuses the others until it speaks, then asks as before', async () => {
      const speak = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      const asking = Promise.withResolvers<void>();
      let isBroken = true;
      const bot = {
        async *answer() {
          if (isBroken) throw passing();
          asking.resolve();
          await speak.promise;
          yield 'word';
          await end.promise;
        },
      };
      const asked = policy(bot, { ...limits, breakerCooldownMs: 100 });
      for (let at = 0; at < 3; at++) await askBot(asked);
      isBroken = false;
      await delay(120);

      const probe = asked.answer(botQuestion())[Symbol.asyncIterator]();
      const firstPiece = probe.next();
      await asking.promise;
      expect(asked.state().breaker).toBe('half-open');
      expect((await askBot(asked)).error).toBeInstanceOf(BotUnavailableError);

      speak.resolve();
      expect((await firstPiece).value).toBe('word');
      await delay(0);
      expect(asked.state().breaker).toBe('closed');
      const next = askBot(asked);
      end.resolve();
      expect((await next).said).toBe('word');
      expect((await probe.next()).done).toBe(true);
    });

    it('leaves it alone for another while when that one question fails', async () => {
      const asked = policy(
        failing(() => passing()),
        { ...limits, breakerCooldownMs: 100 },
      );
      for (let at = 0; at < 3; at++) await askBot(asked);
      await delay(120);
      expect((await askBot(asked)).error).not.toBeInstanceOf(BotUnavailableError);
      expect((await askBot(asked)).error).toBeInstanceOf(BotUnavailableError);
    });
  });

  describe('on many questions at once', () => {
    it('asks so many, lets so many wait, and refuses the next', async () => {
      const speak = Promise.withResolvers<void>();
      let most = 0;
      let running = 0;
      const bot = {
        async *answer() {
          most = Math.max(most, ++running);
          await speak.promise;
          yield 'word';
          running--;
        },
      };
      const asked = policy(bot, { maxConcurrent: 2, maxQueued: 1 });
      const three = [askBot(asked), askBot(asked), askBot(asked)];
      const fourth = await askBot(asked);
      expect(fourth.error).toBeInstanceOf(BotBusyError);
      expect(asked.state()).toMatchObject({ running: 2, queued: 1 });
      speak.resolve();
      expect((await Promise.all(three)).map(({ said }) => said)).toEqual(['word', 'word', 'word']);
      expect(most).toBe(2);
      expect(asked.state()).toMatchObject({ running: 0, queued: 0 });
    });

    it('lets a question that waits run out of time, and never asks it', async () => {
      let asked = 0;
      const speak = Promise.withResolvers<void>();
      const bot = {
        async *answer() {
          asked++;
          await speak.promise;
          yield 'word';
        },
      };
      const one = policy(bot, { maxConcurrent: 1, maxQueued: 1 });
      const first = askBot(one);
      const asker = new AbortController();
      const second = askBot(one, { signal: asker.signal });
      asker.abort(new BotAbandonedError('the service is stopping'));
      expect((await second).error).toBeInstanceOf(BotAbandonedError);
      speak.resolve();
      expect((await first).said).toBe('word');
      expect((await askBot(one)).said).toBe('word');
      expect(asked).toBe(2);
    });
  });

  it('shows in the metrics what became of every question', async () => {
    const registry = new Registry();
    const faults = [undefined, passing(), passing(), new BotFailedError('no'), new BotTimeoutError('silent')];
    let asked = 0;
    const bot = saying(() => {
      const fault = faults[asked++];
      return fault ? fail(fault) : ['word'];
    });
    const limits = { ...wideLimits, maxRetries: 1, breakerFailures: 3 };
    const measured = new BotPolicy(bot, limits, new BotMetrics(registry));
    // Whole; failed when asked again; refused; silent.
    for (let at = 0; at < 4; at++) await askBot(measured);
    const shown = await registry.metrics();
    for (const line of [
      'chat_bot_runs_total{outcome="complete"} 1',
      'chat_bot_runs_total{outcome="failed"} 2',
      'chat_bot_runs_total{outcome="timeout"} 1',
      'chat_bot_retries_total 1',
      'chat_bot_running 0',
      'chat_bot_queued 0',
      'chat_bot_breaker_state 2',
      'chat_bot_first_piece_seconds_count 1',
      'chat_bot_answer_seconds_count 4',
    ]) {
      expect(shown.split('\n')).toContain(line);
    }
    await askBot(measured);
    expect(await registry.metrics()).toContain('chat_bot_runs_total{outcome="unavailable"} 1');
  });

  function policy(bot: Bot, limits: Partial<BotLimits> = {}): BotPolicy {
    return new BotPolicy(bot, { ...wideLimits, ...limits });
  }

  /** Says a word, again and again, each after a wait. */
  function talking(beforeEachWord: () => Promise<void>, word = 'word '): Bot {
    return {
      async *answer() {
        for (;;) {
          await beforeEachWord();
          yield word;
        }
      },
    };
  }

  function saying(words: () => string[]): Bot {
    return {
      async *answer() {
        yield* words();
      },
    };
  }

  function failing(fault: () => Error): Bot {
    return saying(() => fail(fault()));
  }
});

function fail(fault: Error): never {
  throw fault;
}
