import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import { sendFile } from './send-file.js';

it('nothing is made for a client that left before its turn came, and that is no error', async () => {
  let opened = 0;
  const arrived = Promise.withResolvers<void>();
  const handled = Promise.withResolvers<void>();
  const app = express();
  app.get('/', (_request, response) => {
    arrived.resolve();
    void once(response, 'close')
      .then(() =>
        sendFile(response, { headers: {} }, () => {
          opened++;
          return Promise.resolve(Readable.from(['a file']));
        }),
      )
      .then(handled.resolve, handled.reject);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const leaving = new AbortController();
  const answer = fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    signal: leaving.signal,
  });
  await arrived.promise;
  leaving.abort();
  await expect(answer).rejects.toThrow('aborted');
  await handled.promise;
  expect(opened).toBe(0);
  server.close();
});
