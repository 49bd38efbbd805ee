import { createLogger } from '@chat-history/service-shell';
import { Registry } from 'prom-client';
import { ExportRunner } from './export-runner.js';

/** Jobs of which there are none, and each time somebody asks it is seen, and answered when the spec says so. */
class NoJobs {
  private asked = Promise.withResolvers<() => void>();

  claim(): Promise<undefined> {
    const { resolve } = this.asked;
    this.asked = Promise.withResolvers();
    return new Promise((answer) => resolve(() => answer(undefined)));
  }

  async nextQuestion(): Promise<() => void> {
    return this.asked.promise;
  }
}

it('a job that is asked for while the runner is told that there is none is looked for at once', async () => {
  const jobs = new NoJobs();
  const runner = new ExportRunner(
    jobs,
    { make: () => Promise.reject(new Error('there is nothing to make')) },
    // So long that only who is awake asks again.
    { perProcess: 1, limits: { inAll: 1, perAgent: 1 }, leaseMs: 1_000, pollMs: 3_600_000 },
    new Registry(),
    createLogger('spec', 'fatal'),
  );
  const first = jobs.nextQuestion();
  runner.onApplicationBootstrap();
  const answerFirst = await first;
  const second = jobs.nextQuestion();
  runner.wake();
  answerFirst();
  const answerSecond = await second;
  const stopped = runner.beforeApplicationShutdown();
  answerSecond();
  await stopped;
});
