import { once } from 'node:events';
import { get } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { startTinyService, waits } from '../../test/tiny-service.js';

describe('a client that leaves', () => {
  let app: NestExpressApplication;
  let logLines: string[];
  beforeAll(async () => {
    ({ app, logLines } = await startTinyService());
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const begun = async () => (await once(waits, 'begun'))[0] as AbortSignal;

  it('is told to who works for it, and is no failure in the log and the metrics', async () => {
    const working = begun();
    const asking = get(`${await app.getUrl()}/notes/wait`).on('error', () => undefined);
    const gone = await working;
    expect(gone.aborted).toBe(false);
    asking.destroy();
    await once(gone, 'abort');

    const { text } = await request(await app.getUrl()).get('/metrics');
    expect(text).toMatch(
      /http_request_duration_seconds_count\{[^}]*route="\/notes\/wait"[^}]*status="499"\} 1/,
    );
    const lines = logLines
      .filter((line) => line.includes('"path":"/notes/wait"'))
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ level: 30, msg: 'request aborted', res: { status: 499 } }),
    ]);
    expect(logLines.join('')).not.toMatch(/a request failed|ERR_HTTP_HEADERS_SENT/);
  });

  it('after its answer is nothing to anybody', async () => {
    const working = begun();
    const http = request(await app.getUrl());
    await http.get('/notes/done').expect(200);
    // Counted when the response closed.
    expect((await http.get('/metrics')).text).toMatch(/route="\/notes\/done",status="200"/);
    expect((await working).aborted).toBe(false);
  });
});
