import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the fake does with the next chats. */
export interface CozeBehaviour {
  /** The pieces of the answer. */
  readonly pieces?: readonly string[];
  /** Destroys the socket after so many events of the stream. */
  readonly cutAfterEvents?: number;
  /** Says nothing more, and keeps the socket, after so many events. */
  readonly stallAfterEvents?: number;
  /** Waits for `resume()` after so many events. */
  readonly pauseAfterEvents?: number;
  /** Sends something that is no JSON in place of this event. */
  readonly malformedEvent?: number;
  /** Sends the stream byte by byte, so that characters are split. */
  readonly byteByByte?: boolean;
  /** Answers with this status and no more. */
  readonly status?: number;
  /** Refuses as Coze does: status 200 and a code. */
  readonly refusal?: { readonly code: number; readonly msg: string };
  /** How a run ends; `failed` comes with a code. */
  readonly ending?: 'completed' | 'failed' | 'requires_action';
  /** How often a run that is not streamed is still in progress when asked. */
  readonly pollsInProgress?: number;
  /** Only the completed message, no deltas. */
  readonly withoutDeltas?: boolean;
  /** A second answer of the same run, without deltas, as a workflow gives it. */
  readonly fixedAnswer?: string;
  /** Of the stream. */
  readonly contentType?: string;
}

export interface CozeRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

const botMessage = { role: 'assistant', type: 'answer', content_type: 'text' };

/** A server that speaks Coze's chat API, version 3, and misbehaves as it is told. */
export class FakeCoze {
  readonly requests: CozeRequest[] = [];
  behaviour: CozeBehaviour = {};
  private readonly heard = new EventEmitter();
  private chats = 0;
  private pollsLeft = 0;
  private resumed = Promise.withResolvers<void>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeCoze> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const fake = new FakeCoze(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on(
      'request',
      (request: IncomingMessage, response: ServerResponse) => void fake.serve(request, response),
    );
    return fake;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Resolves when it has been asked so often. */
  async asked(times: number): Promise<void> {
    while (this.requests.length < times) await once(this.heard, 'request');
  }

  /** Lets a paused answer go on. */
  resume(): void {
    this.resumed.resolve();
    this.resumed = Promise.withResolvers<void>();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    const path = request.url ?? '/';
    this.requests.push({ path, authorization: request.headers.authorization, body });
    this.heard.emit('request');
    const { status, refusal } = this.behaviour;
    if (status !== undefined) response.writeHead(status).end('{"msg":"no"}');
    else if (refusal) sendJson(response, refusal);
    else if (path.startsWith('/v3/chat/retrieve')) sendJson(response, { code: 0, data: this.polled() });
    else if (path.startsWith('/v3/chat/message/list')) sendJson(response, { code: 0, data: this.messages() });
    else if (body['stream'] === true) await this.stream(response);
    else sendJson(response, { code: 0, data: this.begin('in_progress') });
  }

  private begin(status: string) {
    this.chats++;
    this.pollsLeft = this.behaviour.pollsInProgress ?? 1;
    return this.chat(status);
  }

  private chat(status: string) {
    return { id: `chat-${this.chats}`, conversation_id: `conversation-${this.chats}`, bot_id: 'bot', status };
  }

  private polled() {
    return this.chat(this.pollsLeft-- > 0 ? 'in_progress' : (this.behaviour.ending ?? 'completed'));
  }

  private messages() {
    return [
      { ...botMessage, type: 'verbose', content: '{"msg_type":"knowledge_recall"}' },
      ...this.answers(),
      { ...botMessage, type: 'follow_up', content: 'What else?' },
    ];
  }

  private answers() {
    const { pieces = [], fixedAnswer } = this.behaviour;
    const contents = [pieces.join(''), ...(fixedAnswer === undefined ? [] : [fixedAnswer])];
    return contents.map((content) => ({ ...botMessage, content }));
  }

  private events(): [string, string][] {
    const { pieces = [], ending = 'completed', withoutDeltas = false } = this.behaviour;
    const events: [string, object][] = [
      ['conversation.chat.created', this.begin('created')],
      ['conversation.chat.in_progress', this.chat('in_progress')],
      ...(withoutDeltas ? [] : pieces).map((content): [string, object] => [
        'conversation.message.delta',
        { ...botMessage, content },
      ]),
    ];
    if (ending === 'completed') {
      const completed = [...this.answers(), { ...botMessage, type: 'follow_up', content: 'What else?' }];
      for (const message of completed) events.push(['conversation.message.completed', message]);
    }
    events.push([
      `conversation.chat.${ending}`,
      { ...this.chat(ending), last_error: { code: 5000, msg: 'oh' } },
    ]);
    return [
      ...events.map(([name, data]): [string, string] => [name, JSON.stringify(data)]),
      ['done', '"[DONE]"'],
    ];
  }

  private async stream(response: ServerResponse): Promise<void> {
    const { cutAfterEvents, stallAfterEvents, pauseAfterEvents, malformedEvent, byteByByte } = this.behaviour;
    const { contentType = 'text/event-stream; charset=utf-8' } = this.behaviour;
    response.writeHead(200, { 'Content-Type': contentType }).flushHeaders();
    for (const [at, [name, data]] of this.events().entries()) {
      if (at === stallAfterEvents) return;
      if (at === pauseAfterEvents) await this.resumed.promise;
      if (at === cutAfterEvents) {
        response.destroy();
        return;
      }
      const bytes = Buffer.from(
        `event:${name}\ndata:${at === malformedEvent ? '{"content": "half' : data}\n\n`,
      );
      for (const part of byteByByte ? chunksOf(bytes) : [bytes]) {
        // Each part is a packet of its own, and has gone out when a cut follows.
        await new Promise((sent) => response.write(part, sent));
      }
    }
    response.end();
  }
}

function chunksOf(bytes: Buffer): Buffer[] {
  return Array.from(bytes, (_byte, at) => bytes.subarray(at, at + 1));
}

function sendJson(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'Content-Type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}
