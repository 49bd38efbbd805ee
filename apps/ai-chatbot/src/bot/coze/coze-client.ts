import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { BotFailedError } from '../bot.errors.js';
import { isTransientStatus, retryAfterMs } from '../http-fault.js';

/** One event, or one body, may not be larger than this many characters; answers are far smaller. */
const maxPayloadLength = 1_048_576;

/** Coze's code for too many requests. */
export const tooManyCode = 4013;

/** Coze understood and says no. */
export class CozeRefusalError extends BotFailedError {
  constructor(readonly code: number | 'unknown') {
    super(`Coze refused with code ${code}`, { isTransient: code === tooManyCode });
  }
}

/** What is sent and read of Coze's API, version 3, and every way in which it can fail, as a BotFailedError. */
export class CozeClient {
  constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  /**
   * The field `data` of an answer `{code: 0, data}`.
   * @throws CozeRefusalError for another code.
   */
  async ask(method: 'GET' | 'POST', path: string, parameters: object, signal: AbortSignal): Promise<unknown> {
    const response = await this.request(method, path, parameters, signal);
    return dataOf(await readBody(response));
  }

  /**
   * The events of a streamed answer, until its connection ends; whether it was whole is for the reader to tell.
   * @throws CozeRefusalError before there are any.
   */
  async stream(path: string, body: object, signal: AbortSignal): Promise<AsyncIterable<EventSourceMessage>> {
    const response = await this.request('POST', path, body, signal);
    const contentType = response.headers.get('content-type')?.toLowerCase();
    if (!contentType?.startsWith('text/event-stream') || !response.body) {
      // A refusal comes as JSON on status 200, also when a stream was asked for.
      dataOf(await readBody(response));
      throw new BotFailedError('Coze answered without an event stream');
    }
    const events = eventsOf(response.body);
    const first = await events.next();
    if (first.value?.event !== 'error') return startingWith(first, events);
    // Or as the first and only event.
    await events.return();
    throw new CozeRefusalError(codeIn(parsed(first.value.data)));
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
      throw new BotFailedError('Coze cannot be reached', { isTransient: true, cause: error });
    }
    if (response.ok) return response;
    await response.body?.cancel();
    throw new BotFailedError(`Coze answered with status ${response.status}`, {
      isTransient: isTransientStatus(response.status),
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
    });
  }
}

async function* eventsOf(
  body: NonNullable<Response['body']>,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  try {
    yield* body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream({ maxBufferSize: maxPayloadLength }));
  } catch (error) {
    throw connectionBroke(error);
  }
}

async function* startingWith(
  first: IteratorResult<EventSourceMessage, void>,
  events: AsyncGenerator<EventSourceMessage, void, undefined>,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  try {
    if (first.done) return;
    yield first.value;
    yield* events;
  } finally {
    await events.return();
  }
}

async function readBody(response: Response): Promise<unknown> {
  let text = '';
  try {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.length > maxPayloadLength) throw new BotFailedError('Coze answered with an endless body');
    }
  } catch (error) {
    throw error instanceof BotFailedError ? error : connectionBroke(error);
  }
  return parsed(text);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Without its cause: a SyntaxError quotes what may have been said.
    throw new BotFailedError('Coze answered with malformed JSON');
  }
}

function connectionBroke(cause: unknown): BotFailedError {
  return new BotFailedError('the connection to Coze broke', { isTransient: true, cause });
}

/** Refusals come as `{code, msg}` on status 200; `msg` may quote the question. */
function dataOf(body: unknown): unknown {
  const code = codeIn(body);
  if (code !== 0) throw new CozeRefusalError(code);
  return (body as { data?: unknown }).data;
}

function codeIn(body: unknown): number | 'unknown' {
  const { code } = (body ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : 'unknown';
}
