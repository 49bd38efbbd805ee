import type { NestExpressApplication } from '@nestjs/platform-express';
import { createService, drainTimeoutMs } from '@chat-history/service-shell';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import request from 'supertest';
import { countingWaits, runWaits, until, writeDaysAgo, writeExpiredSessions } from '../test/worker.js';
import { retentionWorkerService } from './retention-worker.service.js';

let database: TestDatabase;
let app: NestExpressApplication;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await app.close();
  await database.drop();
});

async function startWorker(environment: Record<string, string> = {}): Promise<NestExpressApplication> {
  const variables = { DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...environment };
  app = await createService(retentionWorkerService(variables));
  await app.init();
  return app;
}

async function gauge(name: string, of = 'retention'): Promise<number> {
  const { text } = await request(app.getHttpServer()).get('/metrics').expect(200);
  return Number(new RegExp(`^chat_history_${of}_${name} (.+)$`, 'm').exec(text)?.[1]);
}

async function countedQuarters(): Promise<number> {
  return (await database.query('select from statistics_quarters')).length;
}

async function goodRuns(): Promise<number> {
  const runs = await database.query(
    'select from retention_runs where finished_at is not null and error is null',
  );
  return runs.length;
}

/** The receipt of a good run that ended so many hours ago. */
async function goodRunHoursAgo(hours: number): Promise<void> {
  await database.query(
    `insert into retention_runs (id, cutoff, started_at, finished_at, dry_run)
     select gen_random_uuid(), ended - interval '30 days', ended, ended, false
     from (select now() - $1 * interval '1 hour' as ended) as run`,
    [hours],
  );
}

describe('the worker as a service', () => {
  it('runs at start when there was no run yet, and its gauges tell what it did', async () => {
    await writeDaysAgo(database, 31, 'old');
    await writeDaysAgo(database, 0, 'fresh');
    await startWorker();
    await until(async () => (await gauge('last_run_good')) === 1);
    expect(await database.query('select session_name from chat_messages')).toEqual([
      { session_name: 'fresh' },
    ]);
    expect(await gauge('messages_deleted')).toBe(1);
    expect(await gauge('sessions_deleted')).toBe(1);
    expect(await gauge('postponed')).toBe(0);
    expect(Date.now() / 1_000 - (await gauge('last_good_run_timestamp_seconds'))).toBeLessThan(60);
  });

  it('runs at start when the last good run is over 26 hours old', async () => {
    await goodRunHoursAgo(27);
    await startWorker();
    await until(async () => (await goodRuns()) === 2);
  });

  it('does not run at start when the last good run is younger', async () => {
    await goodRunHoursAgo(25);
    const worker = await startWorker();
    await until(async () => (await gauge('last_good_run_timestamp_seconds')) > 0);
    await worker.close();
    expect(await database.query('select from retention_runs')).toHaveLength(1);
  });

  it('runs when its cron expression says so, also after runs that failed', async () => {
    await goodRunHoursAgo(1);
    await database.query('alter table chat_sessions rename to chat_sessions_away');
    await startWorker({ CHAT_HISTORY_RETENTION_CRON: '* * * * * *' });
    await until(
      async () => (await database.query('select from retention_runs where error is not null')).length >= 1,
    );
    await until(async () => (await gauge('last_run_good')) === 0);
    await database.query('alter table chat_sessions_away rename to chat_sessions');
    await until(async () => (await goodRuns()) === 2);
  });

  it('stops the run under way after its step when it is asked to stop', async () => {
    await writeExpiredSessions(database, 1_000);
    await database.query('begin');
    await database.query('select from chat_sessions order by session_name limit 1 for update');
    const worker = await startWorker();
    await runWaits(database);
    const closed = worker.close();
    await database.query('commit');
    await closed;
    expect(await database.query('select error, sessions_deleted from retention_runs')).toEqual([
      { error: 'the worker was asked to stop', sessions_deleted: '100' },
    ]);
  });

  it('counts closed quarter-hours for the statistics, beside a retention run that waits', async () => {
    await writeDaysAgo(database, 1, 'yesterday');
    await writeExpiredSessions(database, 10);
    await database.query('begin');
    await database.query('select from chat_sessions order by session_name limit 1 for update');
    await startWorker({ CHAT_HISTORY_RETENTION_DAYS: '2' });
    await runWaits(database);
    await until(async () => (await gauge('quarters_waiting', 'statistics')) === 0);
    expect(await countedQuarters()).toBeGreaterThanOrEqual(94);
    expect(await gauge('quarters_counted_total', 'statistics')).toBe(await countedQuarters());
    expect(await gauge('quarters_marked', 'statistics')).toBe(0);
    expect(await gauge('oldest_waiting_seconds', 'statistics')).toBe(0);
    await database.query('commit');
  });

  it('stops counting quarter-hours when it is asked to stop, and goes on when it starts again', async () => {
    await goodRunHoursAgo(1);
    await writeDaysAgo(database, 20, 'weeks ago');
    const worker = await startWorker();
    await until(async () => (await countedQuarters()) > 0);
    await worker.close();
    const counted = await countedQuarters();
    expect(counted).toBeLessThan(19 * 96);
    await startWorker();
    await until(async () => (await countedQuarters()) > counted);
  });

  describe('asked to stop while it counts a quarter-hour', () => {
    let worker: NestExpressApplication;
    let proxy: FlakyProxy;
    beforeEach(async () => {
      await goodRunHoursAgo(1);
      await writeDaysAgo(database, 1, 'yesterday');
      await database.query('begin');
      await database.query('lock table statistics_days in access exclusive mode');
      proxy = await FlakyProxy.to(database.url);
      worker = await startWorker({ DATABASE_URL: proxy.url });
      await countingWaits(database);
    });
    afterEach(() => proxy.close());

    it('ends that at once, and it has not been counted', async () => {
      const begun = performance.now();
      await worker.close();
      expect(performance.now() - begun).toBeLessThan(2_000);
      await database.query('commit');
      expect(await countedQuarters()).toBe(0);
    });

    it('does not wait for a database that hangs', async () => {
      proxy.become('hang');
      const begun = performance.now();
      await worker.close();
      expect(performance.now() - begun).toBeLessThan(drainTimeoutMs + 2_000);
      await database.query('commit');
    });
  });

  it('counts all others when a quarter-hour cannot be counted', async () => {
    await goodRunHoursAgo(1);
    await writeDaysAgo(database, 1, 'yesterday');
    const failing = `date_bin('15 minutes', now() - interval '12 hours', '2000-01-01 00:00:00+00')`;
    await database.query(
      `do $$ begin execute format(
         'alter table statistics_quarters add constraint fails check (quarter_start <> %L)', ${failing});
       end $$`,
    );
    await startWorker();
    await until(async () => (await gauge('quarters_waiting', 'statistics')) === 1);
    expect(await gauge('failures_total', 'statistics')).toBe(1);
    expect(await gauge('oldest_waiting_seconds', 'statistics')).toBeGreaterThan(11 * 3_600);
    expect(await countedQuarters()).toBeGreaterThanOrEqual(93);
  });

  it('goes on counting after a round that failed', async () => {
    await goodRunHoursAgo(1);
    await database.query('alter table statistics_marks rename to statistics_marks_away');
    await startWorker();
    await until(async () => (await gauge('failures_total', 'statistics')) === 1);
    await request(app.getHttpServer()).get('/health/live').expect(200);
  });

  it('is live without a database, and ready with one', async () => {
    await goodRunHoursAgo(1);
    await startWorker();
    await request(app.getHttpServer()).get('/health/live').expect(200);
    await request(app.getHttpServer()).get('/health/ready').expect(200);
    await app.close();
    await startWorker({ DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    await request(app.getHttpServer()).get('/health/live').expect(200);
    await request(app.getHttpServer()).get('/health/ready').expect(503);
  });

  it('has no route beside health and metrics', async () => {
    await goodRunHoursAgo(1);
    await startWorker({ DOCS_ENABLED: 'false' });
    for (const path of ['/', '/docs', '/run', '/api/history/sessions']) {
      await request(app.getHttpServer()).get(path).expect(404);
    }
  });
});
