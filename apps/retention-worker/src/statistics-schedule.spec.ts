import { SchedulerRegistry } from '@nestjs/schedule';
import { StoreUnavailableError, type QuarterCounting } from '@chat-history/message-store';
import { createLogger } from '@chat-history/service-shell';
import { Registry } from 'prom-client';
import { StatisticsMetrics } from './statistics-metrics.js';
import { StatisticsSchedule } from './statistics-schedule.js';

const quarterMs = 900_000;
const hourMs = 3_600_000;

/** Quarters that wait, and what keeps them from being counted. */
class FakeCounting implements Pick<QuarterCounting, 'uncounted' | 'count'> {
  fault: ((quarter: Date) => Error | undefined) | undefined;
  readonly waiting: Set<number>;

  constructor(quarters: number) {
    this.waiting = new Set(Array.from({ length: quarters }, (_, at) => at * quarterMs));
  }

  async uncounted({ limit, except }: Parameters<QuarterCounting['uncounted']>[0]) {
    const quarters = [...this.waiting].map((start) => new Date(start));
    const left = new Set(except.map((quarter) => quarter.getTime()));
    const next = quarters.filter((quarter) => !left.has(quarter.getTime())).slice(0, limit);
    return { waiting: quarters.length, marked: 0, oldest: quarters[0], next };
  }

  async count(quarter: Date): Promise<boolean> {
    const fault = this.fault?.(quarter);
    if (fault) throw fault;
    return this.waiting.delete(quarter.getTime());
  }
}

describe('the schedule of the counting', () => {
  let now: number;
  let scheduler: SchedulerRegistry;
  let schedule: StatisticsSchedule;
  beforeEach(() => {
    scheduler = new SchedulerRegistry();
    now = Date.now();
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await schedule.beforeApplicationShutdown();
    // As ScheduleModule does when it ends.
    for (const name of scheduler.getTimeouts()) scheduler.deleteTimeout(name);
  });

  function scheduleOf(counting: FakeCounting): StatisticsSchedule {
    const logger = createLogger('spec', 'silent', { write: () => undefined });
    const metrics = new StatisticsMetrics(new Registry());
    schedule = new StatisticsSchedule(scheduler, counting as unknown as QuarterCounting, metrics, logger);
    return schedule;
  }

  it('counts all that failed in one round once an hour has passed and what was wrong is over', async () => {
    const counting = new FakeCounting(300);
    counting.fault = () => new Error('the disk is full');
    scheduleOf(counting);
    for (let round = 0; round < 3; round++) await schedule.runNow();
    counting.fault = undefined;
    await schedule.runNow();
    expect(counting.waiting.size).toBe(300);
    now += hourMs;
    await schedule.runNow();
    expect(counting.waiting.size).toBe(0);
  });

  it('holds up no others for one that fails', async () => {
    const counting = new FakeCounting(300);
    counting.fault = (quarter) => (quarter.getTime() === 0 ? new Error('it takes too long') : undefined);
    await scheduleOf(counting).runNow();
    expect([...counting.waiting]).toEqual([0]);
  });

  it('goes on a round later where the database went away, and puts aside what takes it along twice', async () => {
    const counting = new FakeCounting(3);
    const poison = new StoreUnavailableError('the connection broke');
    counting.fault = (quarter) => (quarter.getTime() === 0 ? poison : undefined);
    scheduleOf(counting);
    await schedule.runNow();
    expect(counting.waiting.size).toBe(3);
    await schedule.runNow();
    await schedule.runNow();
    expect([...counting.waiting]).toEqual([0]);
  });
});
