import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** One request as it came. */
export interface BotRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** What every fake does when it is told. */
export interface RequestBehaviour {
  /** Waits so long, in milliseconds, before it answers at all. */
  readonly firstByteDelayMs?: number;
  /** Destroys the socket instead of an answer. */
  readonly hangsUp?: boolean;
  /** Answers with this status and no more. */
  readonly status?: number;
  /** The header `Retry-After` beside `status`: seconds, or a date. */
  readonly retryAfter?: string;
  /** A body as it is, of JSON or of what only claims to be, on status 200. */
  readonly rawBody?: string;
}

/** One for all requests, or made for each. */
export type Behaviours<Behaviour> = Behaviour | ((request: BotRequest) => Behaviour);

/** How many requests are remembered, the latest; a fake may serve a load for hours. */
const maxRememberedRequests = 10_000;

/** A server on a free port of this machine that misbehaves as it is told; what it speaks is its subclass's. */
export abstract class FakeBotServer<Behaviour extends RequestBehaviour> {
  /** The latest, in the order in which they came. */
  readonly requests: BotRequest[] = [];
  /** Where it listens, or listened. */
  url = '';
  private requestCount = 0;
  private readonly heard = new EventEmitter();
  private resuming = Promise.withResolvers<void>();
  private readonly server: Server;

  protected constructor(
    /** What it does with the next requests. */
    public behaviour: Behaviours<Behaviour>,
  ) {
    this.server = createServer((request, response) => {
      // A client that leaves in the middle is none of the fake's faults.
      this.serve(request, response).catch(() => response.destroy());
    });
  }

  /** @param port any free one when it is 0. */
  async listen(port: number): Promise<this> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resolves when it has been asked so often. */
  async asked(times: number): Promise<void> {
    while (this.requestCount < times) await once(this.heard, 'request');
  }

  /** Lets a paused answer go on. */
  resume(): void {
    this.resuming.resolve();
    this.resuming = Promise.withResolvers<void>();
  }

  /** Answers a request to which no general misbehaviour applies. */
  protected abstract answer(
    request: BotRequest,
    response: ServerResponse,
    behaviour: Behaviour,
  ): Promise<void> | void;

  protected readonly resumed = (): Promise<void> => this.resuming.promise;

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    this.requests.push(request);
    if (this.requests.length > maxRememberedRequests) this.requests.shift();
    this.requestCount++;
    const behaviour = typeof this.behaviour === 'function' ? this.behaviour(request) : this.behaviour;
    this.heard.emit('request');

    const { firstByteDelayMs = 0, hangsUp, status, retryAfter, rawBody } = behaviour;
    if (firstByteDelayMs > 0) await delay(firstByteDelayMs);
    if (hangsUp) response.destroy();
    else if (status !== undefined) {
      response.writeHead(status, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
      response.end('{"msg":"my secret words"}');
    } else if (rawBody !== undefined) {
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(rawBody);
    } else await this.answer(request, response, behaviour);
  }
}

export function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

async function readRequest(incoming: IncomingMessage): Promise<BotRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return {
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    authorization: incoming.headers.authorization,
    body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
  };
}
