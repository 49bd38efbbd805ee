import type { BotScript } from '../bot-script.mts';

/** One way in which Coze goes wrong, and what becomes of the turn. */
export interface BotCase {
  readonly what: string;
  readonly script: BotScript;
  /** What the client gets. */
  readonly status: 200 | 502 | 504;
  /** How many pieces of the answer are kept: the exact text so far. */
  readonly keptPieces: number;
}

const pieceCount = 5;
/** `created`, `in_progress`, then the pieces, two completed messages, `chat.completed`, `done`. */
const eventsBeforePieces = 2;
const chatCompletedAt = eventsBeforePieces + pieceCount + 2;

type Behaviour = BotScript['behaviour'];

const answers = (what: string, behaviour: Behaviour, misbehavesTimes?: number): BotCase => ({
  ...{ what, status: 200, keptPieces: pieceCount },
  script: { behaviour, pieceCount, ...(misbehavesTimes !== undefined && { misbehavesTimes }) },
});
const fails = (what: string, behaviour: Behaviour, keptPieces = 0): BotCase => ({
  ...{ what, script: { behaviour, pieceCount }, status: 502, keptPieces },
});
const isTooSlow = (what: string, behaviour: Behaviour, keptPieces = 0): BotCase => ({
  ...fails(what, behaviour, keptPieces),
  status: 504,
});

/** The connection breaks before event `at`. */
function cutBefore(at: number): BotCase {
  const what = `cut before event ${at}`;
  if (at > chatCompletedAt) return answers(what, { cutAfterEvents: at });
  return fails(what, { cutAfterEvents: at }, Math.min(pieceCount, Math.max(0, at - eventsBeforePieces)));
}

const seconds = (count: number) => count * 1_000;

/** The service waits 3 s for a silent bot here, and asks again twice when nothing was said yet. */
export const botCases: readonly BotCase[] = [
  ...Array.from({ length: chatCompletedAt + 2 }, (_, at) => cutBefore(at)),
  answers('cut once before anything was said', { cutAfterEvents: eventsBeforePieces }, 1),
  answers('hung up on once', { hangsUp: true }, 1),
  fails('hung up on', { hangsUp: true }),
  answers('busy (4016) once', { refusal: { code: 4016, msg: 'Conversation occupied' } }, 1),
  fails('busy (4016) whatever one does', { refusal: { code: 4016, msg: 'Conversation occupied' } }),
  fails('a code on status 200', { refusal: { code: 4000, msg: 'my secret words' } }),
  fails('401', { status: 401 }),
  answers('429 with Retry-After', { status: 429, retryAfter: '1' }, 1),
  fails('429 with a Retry-After of an hour', { status: 429, retryAfter: '3600' }),
  answers('500 once', { status: 500 }, 1),
  fails('500', { status: 500 }),
  answers('a slow first byte', { firstByteDelayMs: seconds(2) }),
  isTooSlow('too slow a first byte', { firstByteDelayMs: seconds(6) }),
  isTooSlow('a stall before the first word', { stallAfterEvents: eventsBeforePieces }),
  isTooSlow('a stall between words', { stallAfterEvents: eventsBeforePieces + 3 }, 3),
  fails('malformed JSON in an event', { malformedEvent: eventsBeforePieces + 2 }, 2),
  fails('malformed JSON as a body', { rawBody: '{"code": 0, "data": {"my secret words' }),
  fails('HTML as a body', { rawBody: '<html>my secret words</html>' }),
  answers('UTF-8 split between packets', { byteByByte: true }),
];
