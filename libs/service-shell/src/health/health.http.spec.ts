import type { NestExpressApplication } from '@nestjs/platform-express';
import { health } from '@chat-history/http-contract';
import request from 'supertest';
import { startTinyService } from '../../test/tiny-service.js';
import { Readiness, type HealthCheck } from './readiness.js';

describe('health', () => {
  let app: NestExpressApplication;
  afterEach(() => app.close());
  async function ready(...checks: HealthCheck[]) {
    ({ app } = await startTinyService({ healthChecks: () => checks }));
    const answer = await request(app.getHttpServer()).get('/health/ready');
    return { status: answer.status, report: health.parse(answer.body) };
  }
  const up: HealthCheck = { name: 'bot', required: true, check: () => ({ up: true, provider: 'demo' }) };
  const down: HealthCheck['check'] = () => Promise.reject(new Error('password of postgres is wrong'));

  it('is ok when everything is up, with its figures', async () => {
    expect(await ready(up)).toEqual({
      status: 200,
      report: { status: 'ok', details: { bot: { status: 'up', provider: 'demo' } } },
    });
  });

  it('is degraded and still ready without something it can do without', async () => {
    expect(await ready(up, { name: 'database', required: false, check: down })).toEqual({
      status: 200,
      report: {
        status: 'degraded',
        details: { bot: { status: 'up', provider: 'demo' }, database: { status: 'down' } },
      },
    });
  });

  it('is not ready without something it needs', async () => {
    const { status, report } = await ready({ name: 'database', required: true, check: down });
    expect(status).toBe(503);
    expect(report).toEqual({ status: 'error', details: { database: { status: 'down' } } });
  });

  it('gives a check that hangs a second and does not ask it again meanwhile', async () => {
    let asked = 0;
    const hung: HealthCheck = {
      name: 'database',
      required: true,
      check: () => {
        asked++;
        return new Promise(() => undefined);
      },
    };
    expect((await ready(hung)).report.details['database']).toEqual({ status: 'down', timed_out: true });
    await request(app.getHttpServer()).get('/health/ready').expect(503);
    expect(asked).toBe(1);
  });

  it('turns red when the service stops, while it is still live', async () => {
    await ready(up);
    app.get(Readiness).turnRed();
    await request(app.getHttpServer()).get('/health/ready').expect(503);
    await request(app.getHttpServer()).get('/health/live').expect(200, { status: 'ok', details: {} });
  });
});
