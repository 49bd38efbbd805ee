import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import path from 'node:path';
import express, { type RequestHandler } from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

export interface GatewayOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly chatbotUrl: string;
  readonly apiUrl: string;
  /** The built web app, the folder of its index.html. */
  readonly appFolder: string;
}

export interface Gateway {
  readonly port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Longer than the half minute a question may wait for those before it and the two minutes of the bot; the same in
 * docker/nginx.conf.
 */
export const upstreamTimeoutMs = 160_000;

/** What the page of the web app runs under; the same as in docker/nginx.conf, and the browser tests compare them. */
export const pageHeaders = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
    "font-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/** A path that ends so is a file's, everything else a path of the web app; the same in docker/nginx.conf. */
export const fileEnding = /\.[a-z0-9]+$/;

/**
 * What nginx is in a deployment (docker/nginx.conf), for one machine: the web app, the API below /workbench-api/ and
 * the chat. Health, metrics and docs of the services are not forwarded.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const app = express();
  app.disable('x-powered-by');
  app.get('/', (_request, response) => response.redirect('/workbench/'));
  app.get(/^\/workbench$/, (_request, response) => response.redirect(301, '/workbench/'));
  app.use('/workbench/', webApp(options.appFolder));
  app.use('/workbench-api', forward(`${options.apiUrl}/api`));
  app.use(forward(options.chatbotUrl, isChat));

  const server = app.listen(options.port);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function isChat(pathname: string): boolean {
  return pathname === '/chat' || pathname === '/chat/stream';
}

function webApp(folder: string): RequestHandler {
  const router = express.Router();
  router.use((_request, response, next) => {
    response.set(pageHeaders);
    next();
  });
  router.use(express.static(folder, { index: false, setHeaders: cacheByName }));
  router.get(/.*/, (request, response, next) => {
    // A file that is not there must not be answered with a page.
    if (fileEnding.test(request.path)) next();
    else response.set('Cache-Control', 'no-cache').sendFile('index.html', { root: folder });
  });
  return router;
}

/** Files with a hash in their names never change. */
function cacheByName(response: ServerResponse, file: string): void {
  const hashed = /^(main|chunk|styles)-[\w-]{8}\.(js|css)$/.test(path.basename(file));
  response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
}

function forward(target: string, pathFilter: (pathname: string) => boolean = () => true) {
  return createProxyMiddleware({
    target,
    pathFilter,
    proxyTimeout: upstreamTimeoutMs,
    on: {
      proxyReq: (upstream, request) => {
        // Overwritten, not appended to: the API counts failed logins by it, and a client may write what it likes.
        upstream.setHeader('X-Forwarded-For', request.socket.remoteAddress ?? '');
      },
      proxyRes: ({ headers }) => {
        // Where a new export is.
        headers.location &&= headers.location.replace(/^\/api\//, '/workbench-api/');
      },
      error: (_error, _request, response) => answerBadGateway(response),
    },
  });
}

function answerBadGateway(response: ServerResponse<IncomingMessage> | Socket): void {
  if (response instanceof Socket || response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(502, { 'Content-Type': 'application/problem+json' });
  response.end('{"type":"about:blank","title":"Bad Gateway","status":502}');
}
