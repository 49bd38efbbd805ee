import type { ServerResponse } from 'node:http';
import {
  FakeBotServer,
  sendJson,
  type Behaviours,
  type BotRequest,
  type RequestBehaviour,
} from './fake-bot-server.js';
import { sendEvents, type StreamBehaviour, type StreamEvent } from './stream-behaviour.js';

export interface OpenAiBehaviour extends RequestBehaviour, StreamBehaviour {
  /** The pieces of the answer. */
  readonly pieces?: readonly string[];
  /** Why the answer ends; with null the stream ends without a reason. */
  readonly finishReason?: 'stop' | 'length' | 'content_filter' | null;
  /** In place of this event, one that holds an error, as servers send it whose model fails in the middle. */
  readonly errorEvent?: number;
}

/** Speaks OpenAI's chat completions, streamed, under `baseUrl`. */
export class FakeOpenAi extends FakeBotServer<OpenAiBehaviour> {
  private completionCount = 0;

  static start(behaviour: Behaviours<OpenAiBehaviour> = {}, port = 0): Promise<FakeOpenAi> {
    return new FakeOpenAi(behaviour).listen(port);
  }

  /** For OPENAI_BASE_URL. */
  get baseUrl(): string {
    return `${this.url}/v1`;
  }

  protected async answer(
    request: BotRequest,
    response: ServerResponse,
    behaviour: OpenAiBehaviour,
  ): Promise<void> {
    if (request.path !== '/v1/chat/completions') {
      response.writeHead(404).end();
      return;
    }
    if (request.body['stream'] !== true) return sendJson(response, { error: { message: 'stream only' } });
    const events = eventsOf(`chatcmpl-${++this.completionCount}`, behaviour);
    await sendEvents(response, events, behaviour, this.resumed);
  }
}

function eventsOf(
  id: string,
  { pieces = [], finishReason = 'stop', errorEvent }: OpenAiBehaviour,
): StreamEvent[] {
  const chunk = (delta: object, finish_reason: string | null = null): StreamEvent => ({
    data: JSON.stringify({
      id,
      object: 'chat.completion.chunk',
      created: 1_800_000_000,
      model: 'a-model',
      choices: [{ index: 0, delta, finish_reason }],
    }),
  });
  const events = [
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => ({ ...chunk({ content }), isPiece: true })),
    ...(finishReason === null ? [] : [chunk({}, finishReason)]),
    { data: '[DONE]' },
  ];
  if (errorEvent !== undefined) {
    events[errorEvent] = {
      data: JSON.stringify({ error: { message: 'my secret words', code: 'overloaded' } }),
    };
  }
  return events;
}
