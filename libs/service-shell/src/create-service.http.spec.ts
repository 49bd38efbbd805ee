import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenAPIObject } from '@nestjs/swagger';
import request from 'supertest';
import { databaseError, startTinyService } from '../test/tiny-service.js';
import { createLogger } from './logging/logger.js';

describe('a service', () => {
  const started: NestExpressApplication[] = [];
  afterEach(async () => {
    await Promise.all(started.splice(0).map((app) => app.close()));
  });
  async function start(...how: Parameters<typeof startTinyService>) {
    const { app, logLines } = await startTinyService(...how);
    started.push(app);
    return { http: request(app.getHttpServer()), logLines };
  }

  it('logs requests by path and status, never their query, headers, body or text', async () => {
    const { http, logLines } = await start();
    await http
      .post('/notes?token=my-secret-words')
      .set('Authorization', 'Bearer my-secret-words')
      .set('Cookie', 'session=my-secret-words')
      .send({ text: 'my secret words' });
    await http.get('/notes/fail/unknown');
    const log = logLines.join('');
    expect(log).toContain('"path":"/notes"');
    expect(log).toContain('"code":"22P02"');
    expect(log).not.toMatch(/secret/);
  });

  it('logs a database error inside another one without the texts of rows', () => {
    const lines: string[] = [];
    const logger = createLogger('spec', 'info', { write: (line) => lines.push(line) });
    logger.error({ err: new Error('the batch failed', { cause: databaseError() }) }, 'not written');
    logger.error(databaseError(), 'not written');
    expect(lines.join('')).toContain('the batch failed');
    expect(lines.join('')).not.toMatch(/secret/);
  });

  it('sends a strict policy and nothing that a cache may keep', async () => {
    const { http } = await start();
    const { headers } = await http.get('/notes');
    expect(headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('lets pages of listed origins call it, and no others', async () => {
    const { http } = await start({}, { CORS_ORIGINS: 'https://shop.example' });
    const listed = await http.get('/notes').set('Origin', 'https://shop.example');
    expect(listed.headers['access-control-allow-origin']).toBe('https://shop.example');
    const other = await http.get('/notes').set('Origin', 'https://evil.example');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    const without = await (await start()).http.get('/notes').set('Origin', 'https://shop.example');
    expect(without.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('serves OpenAPI made of the schemas', async () => {
    const { http } = await start();
    expect((await http.get('/docs')).text).toContain('swagger-ui');
    const { body } = await http.get('/docs-json');
    expect(JSON.stringify(body)).toContain('"maxLength":10');
    const { parameters, responses } = (body as OpenAPIObject).paths['/notes']!.post!;
    expect(parameters).toMatchObject([
      {
        name: 'Idempotency-Key',
        schema: { type: 'string', pattern: expect.stringContaining('16,255') as string },
      },
    ]);
    expect(responses['default']).toMatchObject({
      content: { 'application/problem+json': expect.anything() },
    });
    expect(responses['default']).not.toMatchObject({ content: { 'application/json': expect.anything() } });
  });

  it('serves no docs in production unless asked', async () => {
    const silent = await start({}, { NODE_ENV: 'production' });
    expect((await silent.http.get('/docs')).status).toBe(404);
    const asked = await start({}, { NODE_ENV: 'production', DOCS_ENABLED: 'true' });
    expect((await asked.http.get('/docs')).status).toBe(200);
  });

  it('measures requests by route template', async () => {
    const { http } = await start();
    await http.get('/notes/fail/known');
    await http.get('/nowhere');
    const { text, headers } = await http.get('/metrics');
    expect(headers['content-type']).toMatch('text/plain');
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="/notes/fail/:how",status="409"} 1',
    );
    expect(text).toContain(
      'http_request_duration_seconds_count{method="GET",route="unmatched",status="404"} 1',
    );
    expect(text).toContain('process_cpu_seconds_total');
  });
});
