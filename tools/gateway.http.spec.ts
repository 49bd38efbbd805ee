import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileEnding, pageHeaders, startGateway, upstreamTimeoutMs, type Gateway } from './gateway.mts';

let appFolder: string;
let chatbot: Server;
let api: Server;
let gateway: Gateway;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  appFolder = await mkdtemp(path.join(tmpdir(), 'gateway-spec-'));
  await writeFile(path.join(appFolder, 'index.html'), '<app-root></app-root>');
  await writeFile(path.join(appFolder, 'main-Bb3_nZvC.js'), 'run()');
  chatbot = await listen((asked, response) => answer(asked, response));
  api = await listen((asked, response) => answer(asked, response));
  gateway = await startGateway({ port: 0, chatbotUrl: urlOf(chatbot), apiUrl: urlOf(api), appFolder });
});
beforeEach(() => {
  answer = (asked, response) => {
    const { port } = asked.socket.address() as AddressInfo;
    const service = port === portOf(chatbot) ? 'chatbot' : 'api';
    response.end(`${service} ${asked.url} for ${asked.headers['x-forwarded-for']}`);
  };
});
afterAll(async () => {
  await gateway.close();
  chatbot.close();
  api.close();
  await rm(appFolder, { recursive: true });
});

describe('the gateway', () => {
  it('forwards the chat to ai-chatbot and /workbench-api/ to the API below /api/', async () => {
    expect(await textOf('/chat')).toMatch(/^chatbot \/chat for /);
    expect(await textOf('/chat/stream')).toMatch(/^chatbot \/chat\/stream for /);
    expect(await textOf('/workbench-api/history/search?q=%E9%80%80')).toMatch(
      /^api \/api\/history\/search\?q=%E9%80%80 for /,
    );
  });

  it.each([
    '/health/live',
    '/health/ready',
    '/metrics',
    '/docs',
    '/docs-json',
    '/chat/other',
    '/chatter',
    '/api/auth/me',
    '/workbench-api/../metrics',
    '/workbench-api/%2e%2e/metrics',
  ])('does not forward %s', async (url) => {
    const response = await raw(url);
    // Below /workbench-api the API sees a path under /api/ whatever is written; elsewhere nobody is asked.
    if (response.status === 200) expect(response.body).toMatch(/^api \/api\//);
    else expect(response.status).toBe(404);
  });

  it('says where a thing that was made is as the client sees it, as nginx does', async () => {
    answer = (_asked, response) => response.writeHead(202, { Location: '/api/history/exports/1' }).end();
    const { headers } = await fetch(urlOf(gateway, '/workbench-api/history/exports'), { method: 'POST' });
    expect(headers.get('location')).toBe('/workbench-api/history/exports/1');
    const nginx = await readFile(path.join(__dirname, '../docker/nginx.conf'), 'utf8');
    expect(nginx).toContain('proxy_redirect /api/ /workbench-api/;');
  });

  it('tells the services who really asks, whatever the client claims', async () => {
    const response = await fetch(urlOf(gateway, '/chat'), { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(await response.text()).toMatch(/for (::ffff:)?127\.0\.0\.1$|for ::1$/);
  });

  it('passes on each event of a stream when it is sent', async () => {
    const upstream = Promise.withResolvers<ServerResponse>();
    answer = (_asked, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('data: first\n\n');
      upstream.resolve(response);
    };
    const response = await fetch(urlOf(gateway, '/chat/stream'), { method: 'POST' });
    const reader = response.body!.getReader();
    // The upstream is still open: a buffering proxy would never come to this.
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('data: first\n\n');
    (await upstream.promise).end();
    expect((await reader.read()).done).toBe(true);
  });

  it('lets the upstream know when the client goes away', async () => {
    const gone = Promise.withResolvers<void>();
    answer = (_asked, response) => {
      response.on('close', () => gone.resolve());
      response.write('data: first\n\n');
    };
    const client = new AbortController();
    await fetch(urlOf(gateway, '/chat/stream'), { method: 'POST', signal: client.signal });
    client.abort();
    await gone.promise;
  });

  it('waits for an answer as long as nginx does', async () => {
    const nginx = await readFile(path.join(__dirname, '../docker/nginx.conf'), 'utf8');
    expect(nginx).toContain(`proxy_read_timeout ${upstreamTimeoutMs / 1_000}s;`);
  });

  it('answers with a problem when a service is away', async () => {
    const nobody = await listen(() => undefined);
    const away = urlOf(nobody);
    nobody.close();
    const other = await startGateway({ port: 0, chatbotUrl: away, apiUrl: away, appFolder });
    const response = await fetch(urlOf(other, '/workbench-api/auth/me'));
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 502 });
    await other.close();
  });
});

describe('the web app behind the gateway', () => {
  it.each([
    '/workbench/',
    '/workbench/history',
    '/workbench/a/deep/path?session=x',
    '/workbench/a.dotted/path?session=x.y',
  ])('is at %s', async (url) => {
    const response = await fetch(urlOf(gateway, url));
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<app-root>');
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('is where / and /workbench lead', async () => {
    expect((await fetch(urlOf(gateway, '/'))).url).toBe(urlOf(gateway, '/workbench/'));
    expect((await fetch(urlOf(gateway, '/workbench'))).url).toBe(urlOf(gateway, '/workbench/'));
  });

  it('has files that are cached for good when their name has a hash, and 404 for one that is not there', async () => {
    const script = await fetch(urlOf(gateway, '/workbench/main-Bb3_nZvC.js'));
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await fetch(urlOf(gateway, '/workbench/main-GONE2345.js'))).status).toBe(404);
  });

  it('has the same paths, and runs under the same headers, behind nginx', async () => {
    const response = await fetch(urlOf(gateway, '/workbench/history'));
    const nginx = await readFile(path.join(__dirname, '../docker/nginx.conf'), 'utf8');
    expect(nginx).toContain(`location ~ ${fileEnding.source} {`);
    for (const [name, value] of Object.entries(pageHeaders)) {
      expect(response.headers.get(name)).toBe(value);
      expect(nginx).toContain(`add_header ${name} "${value}" always;`);
    }
  });
});

async function listen(
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(onRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function urlOf(server: Server | Gateway, pathname = ''): string {
  return `http://127.0.0.1:${'port' in server ? server.port : portOf(server)}${pathname}`;
}

async function textOf(pathname: string): Promise<string> {
  return (await fetch(urlOf(gateway, pathname))).text();
}

/** With the path as written: `fetch` would resolve the dots. */
async function raw(pathname: string): Promise<{ status: number; body: string }> {
  const asked = request({ port: gateway.port, host: '127.0.0.1', path: pathname }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const chunk of response) body += String(chunk);
  return { status: response.statusCode ?? 0, body };
}
