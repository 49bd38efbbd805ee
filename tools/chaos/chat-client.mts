import type { ChatResponse, ChatStreamSession } from '@chat-history/http-contract';

export interface Ask {
  readonly message: string;
  readonly sessionName?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly idempotencyKey?: string | undefined;
}

/** What became of a question, as its client saw it. */
export type Outcome = {
  /** As of `Date.now`. */
  readonly askedAt: number;
  readonly endedAt: number;
  /** The stream's first event, if it came. */
  readonly begun?: ChatStreamSession | undefined;
  /** The stream's deltas, joined. */
  readonly heard: string;
} & (
  | { readonly kind: 'answered'; readonly answer: ChatResponse }
  /** A problem, by status or as the stream's last event. */
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly retryAfterMs: number;
      readonly body: string;
    }
  /** The connection was refused, broke, or nothing came in time. */
  | { readonly kind: 'lost'; readonly reason: string }
  /** The client left, as it was told to. */
  | { readonly kind: 'left' }
);

/** Beyond what a turn may wait for its session (30 s) and for its bot. */
const answerWithinMs = 75_000;

/** `POST /chat`. @param leave aborted: the client hangs up. */
export async function chat(url: string, ask: Ask, leave?: AbortSignal): Promise<Outcome> {
  return watched(leave, async (signal) => {
    const response = await post(`${url}/chat`, ask, signal);
    const body = await response.text();
    return response.status === 200
      ? { kind: 'answered', answer: JSON.parse(body) as ChatResponse }
      : refusal(response.status, response, body);
  });
}

/** `POST /chat/stream`. @param leaveAfterDeltas hangs up when so many deltas were heard. */
export async function chatStream(url: string, ask: Ask, leaveAfterDeltas = Infinity): Promise<Outcome> {
  const leave = new AbortController();
  return watched(leave.signal, async (signal, sofar) => {
    const response = await post(`${url}/chat/stream`, ask, signal);
    if (response.status !== 200) return refusal(response.status, response, await response.text());
    let deltas = 0;
    for await (const { event, data } of eventsOf(response)) {
      if (event === 'session') sofar.begun = JSON.parse(data) as ChatStreamSession;
      if (event === 'delta') {
        sofar.heard += (JSON.parse(data) as { text: string }).text;
        deltas++;
      }
      if (event === 'done') return { kind: 'answered', answer: JSON.parse(data) as ChatResponse };
      if (event === 'error') return refusal((JSON.parse(data) as { status: number }).status, response, data);
      if (sofar.begun && deltas >= leaveAfterDeltas) {
        leave.abort();
        return { kind: 'left' };
      }
    }
    return { kind: 'lost', reason: 'the stream ended without done or error' };
  });
}

interface SoFar {
  begun?: ChatStreamSession;
  heard: string;
}

type Ending = Outcome extends infer Each ? (Each extends Outcome ? Omit<Each, keyof Frame> : never) : never;
type Frame = Pick<Outcome, 'askedAt' | 'endedAt' | 'begun' | 'heard'>;

async function watched(
  leave: AbortSignal | undefined,
  work: (signal: AbortSignal, sofar: SoFar) => Promise<Ending>,
): Promise<Outcome> {
  const askedAt = Date.now();
  const sofar: SoFar = { heard: '' };
  const tooLate = AbortSignal.timeout(answerWithinMs);
  const signal = leave ? AbortSignal.any([leave, tooLate]) : tooLate;
  const ending = await work(signal, sofar).catch((error: unknown): Ending => {
    if (leave?.aborted) return { kind: 'left' };
    if (tooLate.aborted) return { kind: 'lost', reason: `no answer within ${answerWithinMs} ms` };
    return { kind: 'lost', reason: reasonOf(error) };
  });
  return { ...ending, ...sofar, askedAt, endedAt: Date.now() } as Outcome;
}

function post(url: string, ask: Ask, signal: AbortSignal): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(ask.idempotencyKey !== undefined && { 'Idempotency-Key': ask.idempotencyKey }),
    },
    body: JSON.stringify({
      message: ask.message,
      session_name: ask.sessionName,
      session_token: ask.sessionToken,
    }),
    signal,
  });
}

function refusal(status: number, { headers }: Response, body: string): Ending {
  return { kind: 'refused', status, retryAfterMs: Number(headers.get('retry-after') ?? 0) * 1_000, body };
}

function reasonOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : 'unknown');
}

/** The service writes one `event:` and one `data:` line an event, and comments between them. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; data: string }> {
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const match = /^event: (\w+)\ndata: (.*)$/s.exec(block);
      if (match) yield { event: match[1]!, data: match[2]! };
    }
  }
}
