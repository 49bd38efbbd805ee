import OpenAI, { APIConnectionError, APIError } from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { Bot, BotQuestion, ContextBounds, ContextMessage } from '../bot.js';
import { BotFailedError } from '../bot.errors.js';
import { isTransientStatus, retryAfterMs } from '../http-fault.js';
import { boundedFetch } from './bounded-fetch.js';
import { openAiChunk } from './openai-contract.js';

export interface OpenAiBotOptions {
  /** Such as `https://api.openai.com/v1`; Ollama, vLLM and others speak the same. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  readonly systemPrompt?: string | undefined;
  readonly contextBounds: ContextBounds;
}

/** Reasons to end with which an answer is not whole; any other, `length` too, ends what the model had to say. */
const failures: Record<string, string> = {
  content_filter: 'a content filter stopped the answer',
  tool_calls: 'the model asks for a tool that this service does not have',
  function_call: 'the model asks for a tool that this service does not have',
};

/** A model behind OpenAI's chat completions. It remembers nothing: the session's recent messages go with each question. */
export class OpenAiBot implements Bot {
  readonly contextBounds: ContextBounds;
  private readonly client: OpenAI;

  constructor(private readonly options: OpenAiBotOptions) {
    this.contextBounds = options.contextBounds;
    this.client = new OpenAI({
      baseURL: options.baseUrl,
      apiKey: options.apiKey,
      // Whether and when to ask again is for the policy to say.
      maxRetries: 0,
      // Its log would go to the console, and quote bodies.
      logLevel: 'off',
      // What is left out here would be read from variables that this service does not know.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      fetch: boundedFetch,
      // A redirect would carry the customer's words to a place that nobody configured.
      fetchOptions: { redirect: 'error' },
    });
  }

  async *answer(question: BotQuestion): AsyncGenerator<string, void, undefined> {
    try {
      for await (const chunk of await this.open(question)) {
        const read = openAiChunk.safeParse(chunk);
        if (!read.success) throw new BotFailedError('the model answered in an unknown shape');
        const [choice] = read.data.choices;
        yield choice?.delta?.content ?? '';
        if (choice?.finish_reason == null) continue;
        const failure = failures[choice.finish_reason];
        if (failure !== undefined) throw new BotFailedError(failure);
        return;
      }
    } catch (error) {
      throw asBotFailure(error);
    }
    throw new BotFailedError('the stream ended before the answer', { isTransient: true });
  }

  private async open(question: BotQuestion): Promise<AsyncIterable<unknown>> {
    const { data, response } = await this.client.chat.completions
      .create(
        { model: this.options.model, messages: this.messages(question), stream: true },
        { signal: question.signal },
      )
      .withResponse();
    if (response.headers.get('content-type')?.toLowerCase().startsWith('text/event-stream')) return data;
    // Such as an error on status 200; the client would wait in it for events.
    data.controller.abort();
    throw new BotFailedError('the model answered without an event stream');
  }

  private messages({ text, context }: BotQuestion): ChatCompletionMessageParam[] {
    const { systemPrompt } = this.options;
    return [
      ...(systemPrompt === undefined ? [] : [{ role: 'system' as const, content: systemPrompt }]),
      ...withoutQuestion(context, text).map(({ role, content }) => ({
        // For the model, whoever answered was the assistant.
        role: role === 'user' ? role : ('assistant' as const),
        content,
      })),
      { role: 'user', content: text },
    ];
  }
}

/** A question that is taken again may be in the store already. */
function withoutQuestion(context: readonly ContextMessage[], text: string): readonly ContextMessage[] {
  const last = context.at(-1);
  return last?.role === 'user' && last.content === text ? context.slice(0, -1) : context;
}

/** The client's errors quote what the server said, which may quote the question; only their kind is passed on. */
function asBotFailure(error: unknown): BotFailedError {
  if (error instanceof BotFailedError) return error;
  if (error instanceof APIConnectionError) {
    return new BotFailedError('the model cannot be reached', { isTransient: true, cause: error.cause });
  }
  if (error instanceof APIError && error.status !== undefined) {
    return new BotFailedError(`the model answered with status ${error.status}`, {
      isTransient: isTransientStatus(error.status),
      retryAfterMs: retryAfterMs(error.headers?.get('retry-after')),
    });
  }
  if (error instanceof APIError) return new BotFailedError('the model sent an error');
  if (error instanceof SyntaxError) return new BotFailedError('the model sent a malformed event');
  return new BotFailedError('the connection to the model broke', { isTransient: true, cause: error });
}
