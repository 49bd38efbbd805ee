import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newMessageId, type MessageWriter, type NewMessage } from '@chat-history/message-store';
import { randomNumbers } from '../../random-numbers.mts';
import type { Bench, BenchDatabase, Figure } from '../figure.mts';
import { median, percentile } from '../statistics.mts';
import type { News, Worst } from './beside-process.mts';
import { newMessageOf } from './writes-load.mts';
import { withWriter } from './writes-store.mts';

const turnsPerSecond = 100;

/** Of the search's process: longer than it takes to find the worst, where each takes as long as it may. */
const newsTimeoutMs = 180_000;

/** How long the bot takes to answer. */
const answerMs = 50;

/**
 * How long a message takes until it is durable at 100 turns a second, alone and beside the worst search. The writer
 * writes into a database of its own on the server where the search reads: what they share is the machine.
 */
export const beside: Figure = {
  name: 'beside',
  title: 'Writing beside a search',
  needs: ['1M'],
  async measure(bench) {
    const database = await bench.database(bench.size);
    const { url } = await bench.scratchDatabase();
    const search = await WorstSearch.find(database, bench.stopping);
    const [pairs, seconds] = bench.quick ? [2, 4] : [5, 20];
    try {
      return await withWriter(url, async (writer) => {
        const turns = new Turns(bench, writer, Math.ceil(turnsPerSecond * seconds));
        await turns.p99Ms();
        const alone: number[] = [];
        const together: number[] = [];
        for (let pair = 0; pair < pairs; pair++) {
          alone.push(await turns.p99Ms());
          search.begin();
          together.push(await turns.p99Ms());
          await search.pause();
          bench.log(
            `  pair ${pair + 1}: ${alone.at(-1)!.toFixed(1)} ms alone, ${together.at(-1)!.toFixed(1)} ms beside`,
          );
        }
        return [
          {
            what: `a message until durable at ${turnsPerSecond} turns/s beside the worst search, p99`,
            value: median(together),
            unit: 'ms',
            beside: { what: 'alone', value: median(alone) },
            ratio: median(together.map((ms, pair) => ms / alone[pair]!)),
            limit: { atMost: 2 },
            note: `${search.worst.q} of ${bench.size} messages, ${search.worst.ms.toFixed(0)} ms each, one after the other; ${pairs} pairs of ${seconds} s`,
          },
        ];
      });
    } finally {
      search.end();
    }
  },
};

/** Turns that begin at random moments; in each a question, and after a while its answer. */
class Turns {
  readonly #writer: MessageWriter;
  readonly #random: () => number;
  readonly #stopping: AbortSignal;
  readonly #questions: readonly NewMessage[];

  constructor({ rows, seed, stopping }: Bench, writer: MessageWriter, count: number) {
    this.#writer = writer;
    this.#random = randomNumbers(seed);
    this.#stopping = stopping;
    this.#questions = Array.from(rows('10M', 0, count), (message) => newMessageOf(message));
  }

  async p99Ms(): Promise<number> {
    const taken: number[] = [];
    const keep = async (message: NewMessage) => {
      const startedAt = performance.now();
      await this.#writer.save(message).durable;
      taken.push(performance.now() - startedAt);
    };
    const turn = async (question: NewMessage) => {
      await keep({ ...question, id: newMessageId() });
      await delay(answerMs);
      await keep({ ...question, id: newMessageId(), role: 'assistant' });
    };
    const turns: Promise<void>[] = [];
    let at = performance.now();
    for (const question of this.#questions) {
      this.#stopping.throwIfAborted();
      at += (-Math.log(1 - this.#random()) / turnsPerSecond) * 1_000;
      await delay(Math.max(0, at - performance.now()));
      const begun = turn(question);
      // When the run is stopped nobody waits for it any more.
      begun.catch(() => undefined);
      turns.push(begun);
    }
    await Promise.all(turns);
    return percentile(taken, 0.99);
  }
}

/** In a process of its own. */
class WorstSearch {
  readonly worst: Worst;
  readonly #child: ChildProcess;
  readonly #failure: Promise<never>;

  private constructor(child: ChildProcess, failure: Promise<never>, worst: Worst) {
    this.#child = child;
    this.#failure = failure;
    this.worst = worst;
  }

  static async find({ url, dataSet }: BenchDatabase, signal: AbortSignal): Promise<WorstSearch> {
    const file = fileURLToPath(new URL('beside-process.mts', import.meta.url));
    const args = [url, String(dataSet.retentionDays), dataSet.to.toISOString()];
    const child = fork(file, args, { signal });
    const failure = failureOf(child);
    try {
      const news = await Promise.race([newsOf(child), failure]);
      if ('worst' in news) return new WorstSearch(child, failure, news.worst);
      throw new Error('the search did not say which is the worst');
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  begin(): void {
    this.#child.send('search');
  }

  /** Resolves when the last one is over. @throws when one failed, other than by taking too long */
  async pause(): Promise<void> {
    const paused = Promise.race([newsOf(this.#child), this.#failure]);
    this.#child.send('pause');
    await paused;
  }

  end(): void {
    this.#child.kill();
  }
}

/** Rejects when a search fails, or its process ends. */
function failureOf(child: ChildProcess): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  child.on('message', (news: News) => {
    if ('failed' in news) reject(new Error(`the worst search failed: ${news.failed}`));
  });
  child.on('error', reject);
  child.on('exit', () => reject(new Error('the process of the worst search ended')));
  return promise;
}

async function newsOf(child: ChildProcess): Promise<News> {
  const signal = AbortSignal.timeout(newsTimeoutMs);
  try {
    const [news] = (await once(child, 'message', { signal })) as [News];
    return news;
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`the worst search said nothing for ${newsTimeoutMs / 1_000} s`, { cause: error });
  }
}
