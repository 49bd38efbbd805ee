import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { BotFailedError } from '../bot.errors.js';

/** One event, or one body, may not be larger than this many characters; answers are far smaller. */
const maxPayloadLength = 1_048_576;

/** What is sent and read of Coze's API, version 3, and every way in which it can fail, as a BotFailedError. */
export class CozeClient {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  /** The field `data` of an answer `{code: 0, data}`. */
  async ask(method: 'GET' | 'POST', path: string, parameters: object, signal: AbortSignal): Promise<unknown> {
    const response = await this.request(method, path, parameters, signal);
    return dataOf(await readBody(response));
  }

  /** The events of a streamed answer, until its connection ends; whether it was whole is for the reader to tell. */
  async *stream(
    path: string,
    body: object,
    signal: AbortSignal,
  ): AsyncGenerator<EventSourceMessage, void, undefined> {
    const response = await this.request('POST', path, body, signal);
    const contentType = response.headers.get('content-type')?.toLowerCase();
    if (!contentType?.startsWith('text/event-stream') || !response.body) {
      // A refusal comes as JSON on status 200, also when a stream was asked for.
      dataOf(await readBody(response));
      throw new BotFailedError('Coze answered without an event stream');
    }
    try {
      yield* response.body
        .pipeThrough(new TextDecoderStream())
        .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxPayloadLength }));
    } catch (error) {
      throw new BotFailedError('the connection to Coze broke', { cause: error });
    }
  }

  private async request(
    method: 'GET' | 'POST',
    path: string,
    parameters: object,
    signal: AbortSignal,
  ): Promise<Response> {
    const url = new URL(path, this.baseUrl);
    if (method === 'GET') url.search = new URLSearchParams(parameters as Record<string, string>).toString();
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json' },
        ...(method === 'POST' && { body: JSON.stringify(parameters) }),
        // A redirect would carry the customer's words to a place that nobody configured.
        redirect: 'error',
        signal,
      });
    } catch (error) {
      throw new BotFailedError('Coze cannot be reached', { cause: error });
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new BotFailedError(`Coze answered with status ${response.status}`);
  }
}

async function readBody(response: Response): Promise<unknown> {
  let text = '';
  try {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.length > maxPayloadLength) throw new BotFailedError('Coze answered with an endless body');
    }
    return JSON.parse(text);
  } catch (error) {
    // A SyntaxError quotes the body, which may hold what was said.
    if (error instanceof SyntaxError) throw new BotFailedError('Coze answered with malformed JSON');
    throw error instanceof BotFailedError
      ? error
      : new BotFailedError('the connection to Coze broke', { cause: error });
  }
}

/** Refusals come as `{code, msg}` on status 200; `msg` may quote the question. */
function dataOf(body: unknown): unknown {
  const { code, data } = (body ?? {}) as { code?: unknown; data?: unknown };
  if (code !== 0)
    throw new BotFailedError(`Coze refused with code ${typeof code === 'number' ? code : 'unknown'}`);
  return data;
}
