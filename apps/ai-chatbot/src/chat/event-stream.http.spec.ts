import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Response } from 'express';
import { readEvents } from '../../test/read-events.js';
import { EventStream } from './event-stream.js';

const server = createServer();
beforeAll(() => once(server.listen(0, '127.0.0.1'), 'listening'));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const port = () => (server.address() as AddressInfo).port;
/** A stream that the next client gets. */
const nextStream = async () => {
  const [, response] = (await once(server, 'request')) as unknown as [unknown, Response];
  const logLines: string[] = [];
  return { response, logLines, events: new EventStream(response, { info: (line) => logLines.push(line) }) };
};

describe('an event stream', () => {
  it('cuts off a client that never reads, says so once, and takes what is sent after that', async () => {
    const opened = nextStream();
    const client = connect(port(), '127.0.0.1').pause();
    client.on('error', () => undefined);
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const { response, logLines, events } = await opened;
    const text = 'x'.repeat(65_536);
    let mostUnread = 0;
    // The system's own buffers take some megabytes before anything waits here.
    for (let sentMiB = 0; !response.destroyed && sentMiB < 256; sentMiB += 1 / 16) {
      events.send('delta', { text });
      mostUnread = Math.max(mostUnread, response.writableLength);
      await nextTurn();
    }
    expect(response.destroyed).toBe(true);
    expect(mostUnread).toBeLessThan(1_048_576 + 2 * 65_536);
    events.send('done', {});
    events.end();
    expect(logLines).toEqual(['a client did not read its event stream and was cut off']);
    client.destroy();
  });

  it('gives a client that reads one event that is larger than what may wait', async () => {
    const opened = nextStream();
    const answer = fetch(`http://127.0.0.1:${port()}`);
    const { events, logLines } = await opened;
    const text = '款'.repeat(500_000);
    events.send('done', { text });
    events.end();
    const heard = [];
    for await (const event of readEvents(await answer)) heard.push(event);
    expect(heard).toEqual([{ event: 'done', data: { text } }]);
    expect(logLines).toEqual([]);
  });
});
