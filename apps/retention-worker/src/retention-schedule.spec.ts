import { SchedulerRegistry } from '@nestjs/schedule';
import {
  anotherWorkerIsRunning,
  noFigures,
  StoreUnavailableError,
  type RetentionStore,
} from '@chat-history/message-store';
import { createLogger } from '@chat-history/service-shell';
import { Registry } from 'prom-client';
import { RetentionMetrics } from './retention-metrics.js';
import type { RetentionReceipt } from './retention-receipt.js';
import type { RetentionRun } from './retention-run.js';
import { RetentionSchedule } from './retention-schedule.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = Date.parse('2026-03-10T03:00:00Z');

const time = { cutoff: new Date(now), startedAt: new Date(now), finishedAt: new Date(now) };
const good: RetentionReceipt = { ...noFigures, ...time, dryRun: false, error: null };
const failed = { ...good, error: 'the database does not answer' };
const refused = { ...good, dryRun: true, error: 'the retention was shortened' };
const postponed = { ...good, postponed: ['it is in use'] };

describe('the schedule of the clean-up', () => {
  let lastGoodAt: number;
  let leftSomething: boolean;
  let runs: number;
  let run: () => Promise<RetentionReceipt | typeof anotherWorkerIsRunning>;
  let log: string;
  let scheduler: SchedulerRegistry;
  beforeEach(() => {
    jest.useFakeTimers({ now, doNotFake: ['setImmediate', 'nextTick'] });
    lastGoodAt = now - 24 * hourMs;
    leftSomething = false;
    runs = 0;
    log = '';
    scheduler = new SchedulerRegistry();
  });
  afterEach(async () => {
    // As ScheduleModule does when it ends.
    for (const job of scheduler.getCronJobs().values()) await job.stop();
    for (const name of scheduler.getTimeouts()) scheduler.deleteTimeout(name);
    jest.useRealTimers();
  });

  function scheduleOf(stepTimeoutMs?: number): RetentionSchedule {
    const receipts = {
      lastGood: () => Promise.resolve({ ...time, finishedAt: new Date(lastGoodAt) }),
      leftSomething: () => Promise.resolve(leftSomething),
    };
    const store = { runs: receipts } as unknown as RetentionStore;
    const counted = { run: () => (runs++, run()) } as unknown as RetentionRun;
    const metrics = new RetentionMetrics(new Registry());
    const logger = createLogger('spec', 'info', { write: (line) => void (log += line) });
    const options = { cronExpression: '0 3 * * *', timeZone: 'UTC', stepTimeoutMs };
    return new RetentionSchedule(options, scheduler, store, counted, metrics, logger);
  }

  it.each([
    [true, 1],
    [false, 0],
  ])('runs at start when the last run left something: %s', async (left, times) => {
    leftSomething = left;
    run = () => Promise.resolve(good);
    scheduleOf().onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(hourMs);
    expect(runs).toBe(times);
  });

  it.each<[string, () => ReturnType<typeof run>, number]>([
    ['failed', () => Promise.resolve(failed), 2],
    ['failed without a receipt', () => Promise.reject(new StoreUnavailableError('away')), 2],
    ['met another worker', () => Promise.resolve(anotherWorkerIsRunning), 2],
    ['was refused', () => Promise.resolve(refused), 1],
    ['was good', () => Promise.resolve(good), 1],
  ])('a quarter of an hour after a run that %s has begun so many runs', async (_, outcome, times) => {
    run = outcome;
    await scheduleOf().runNow();
    await jest.advanceTimersByTimeAsync(16 * minuteMs);
    expect(runs).toBe(times);
  });

  it('comes back to what a run had to postpone', async () => {
    run = () => Promise.resolve(postponed);
    [lastGoodAt, leftSomething] = [now, true];
    await scheduleOf().runNow();
    await jest.advanceTimersByTimeAsync(16 * minuteMs);
    expect(runs).toBe(2);
  });

  it('leaves alone what another worker has done by the time it comes back', async () => {
    run = () => Promise.resolve(anotherWorkerIsRunning);
    await scheduleOf().runNow();
    lastGoodAt = now + minuteMs;
    await jest.advanceTimersByTimeAsync(16 * minuteMs);
    expect(runs).toBe(1);
  });

  describe('asked to stop', () => {
    beforeEach(() => jest.useRealTimers());

    it('waits no longer than its bound for a step that does not end, and says so', async () => {
      run = () => new Promise(() => undefined);
      const schedule = scheduleOf(1);
      void schedule.runNow();
      await schedule.beforeApplicationShutdown();
      expect(log).toContain('did not end in time');
    });

    it('waits for the step under way to end, and for its receipt', async () => {
      const step = Promise.withResolvers<RetentionReceipt>();
      run = () => step.promise;
      const schedule = scheduleOf();
      void schedule.runNow();
      const stopped = schedule.beforeApplicationShutdown();
      step.resolve(failed);
      await stopped;
      expect(log).toContain('a retention run ended');
      expect(log).not.toContain('did not end in time');
    });
  });
});
