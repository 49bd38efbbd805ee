import type { NestExpressApplication } from '@nestjs/platform-express';
import { problem } from '@chat-history/http-contract';
import request, { type Response } from 'supertest';
import { startTinyService } from '../../test/tiny-service.js';
import { maxBodyBytes } from './json-body.js';

describe('an error over HTTP', () => {
  let app: NestExpressApplication;
  let logLines: string[];
  beforeAll(async () => ({ app, logLines } = await startTinyService()));
  afterAll(() => app.close());
  const http = () => request(app.getHttpServer());

  it('names every faulty field of a body', async () => {
    const answer = await http()
      .post('/notes')
      .send({ text: '', tags: ['a', 1], colour: 'red' });
    expectProblem(answer, 400);
    expect(fieldsOf(answer)).toEqual(['text', 'tags.1', 'colour']);
  });

  it.each([
    ['no body', () => http().post('/notes'), 400, ['body']],
    ['an array', () => http().post('/notes').send([]), 400, ['body']],
    ['a bad query value', () => http().get('/notes?limit=3'), 400, ['limit']],
    ['a repeated query value', () => http().get('/notes?limit=1&limit=2'), 400, ['limit']],
    ['an unknown query field', () => http().get('/notes?nope=1'), 400, ['nope']],
    ['broken JSON', () => json('/notes', '{"text": "my secret words'), 400, ['body']],
    ['a primitive as JSON', () => json('/notes', '"my secret words"'), 400, ['body']],
    ['a body over the limit', () => json('/notes', `"${'x'.repeat(maxBodyBytes)}"`), 400, ['body']],
    ['a form', () => http().post('/notes').type('form').send('text=a'), 415, undefined],
    [
      'an unknown charset',
      () => http().post('/notes').set('Content-Type', 'application/json; charset=x').send('{}'),
      415,
      undefined,
    ],
    ['an unknown route', () => http().get('/nowhere/my-secret-words?q=my'), 404, undefined],
    ['a path that cannot be decoded', () => http().get('/notes/fail/%FF'), 400, undefined],
    ["an error of the app's table", () => http().get('/notes/fail/known'), 409, undefined],
    ['an error that heals', () => http().get('/notes/fail/away'), 503, undefined],
    ['an error that nobody knows', () => http().get('/notes/fail/unknown'), 500, undefined],
  ] as const)('answers %s with a problem that tells no secret', async (_what, ask, status, fields) => {
    const answer = await ask();
    expectProblem(answer, status);
    expect(fieldsOf(answer)).toEqual(fields);
    expect(answer.text).not.toMatch(/secret|cellar|stack|at .*\.ts|insert into/);
  });

  it('says when to come back, and who may', async () => {
    expect((await http().get('/notes/fail/away')).headers['retry-after']).toBe('5');
  });

  it('carries the id of the request, also of one whose body cannot be read', async () => {
    const answer = await json('/notes', '{').set('X-Request-Id', 'from-the-proxy-1');
    expect(answer.headers['x-request-id']).toBe('from-the-proxy-1');
    expect((answer.body as { request_id: string }).request_id).toBe('from-the-proxy-1');
    expect(logLines.some((line) => line.includes('from-the-proxy-1'))).toBe(true);
  });

  it('takes no id that could forge a log line', async () => {
    const answer = await http().get('/notes').set('X-Request-Id', '{"level":60}');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('has room for the longest message however it is escaped', async () => {
    const escaped = `{"text": "${'\\u6b3e'.repeat(32_000)}"}`;
    expectProblem(await json('/notes', escaped), 400);
  });

  function json(path: string, body: string) {
    return http().post(path).set('Content-Type', 'application/json').send(body);
  }
});

function expectProblem(answer: Response, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch('application/problem+json');
  expect(problem.parse(answer.body)).toMatchObject({ status, request_id: answer.headers['x-request-id'] });
}

function fieldsOf(answer: Response): string[] | undefined {
  return (answer.body as { errors?: { field: string }[] }).errors?.map((fault) => fault.field);
}
