import type { Message, MessageRole } from '@chat-history/message-store';
import { languages, type Language } from './vocabulary.mts';
import { weighted, zipf } from './zipf.mts';

/** Who talks in a session, in which language, how often and about what. */
export interface SessionShape {
  readonly name: string;
  readonly startsAt: number;
  readonly language: Language;
  readonly messages: number;
  /** The first message that a person of the company answers; never, mostly. */
  readonly agentFrom: number;
  readonly agent: string;
  /** The customer goes on after so many messages, on another day. */
  readonly pauseAt: number;
  readonly pauseMs: number;
  readonly order: string;
}

type Said = Pick<Message, 'role' | 'status' | 'responseTimeMs' | 'agentId' | 'agentName'>;

const dayMs = 86_400_000;
const language = weighted(languages.map(({ share }) => share));
const agents = Array.from({ length: 120 }, (_, index) => `agent-${String(index + 1).padStart(3, '0')}`);
const agent = zipf(agents.length);

/** @param random numbers from 0 up to 1 */
export function sessionShape(random: () => number, startsAt: number): SessionShape {
  const messages = sessionLength(random);
  return {
    name: uuid(random, hex(random, 8), hex(random, 4), '4'),
    startsAt,
    language: languages[language(random())]!,
    messages,
    agentFrom: random() < 0.18 ? 2 + Math.floor((random() * messages) / 2) : Infinity,
    agent: agents[agent(random())]!,
    pauseAt: random() < 0.04 ? Math.ceil(random() * messages) : Infinity,
    pauseMs: (0.5 + 2.5 * random()) * dayMs,
    order: `ORD-${30_000_000 + Math.floor(random() * 70_000_000)}`,
  };
}

/** Twelve and a half on average: most are short, one of two hundred is long. */
function sessionLength(random: () => number): number {
  if (random() < 0.005) return 100 + Math.floor(random() * 300);
  return 2 + 2 * Math.floor(-Math.log(1 - random()) * 5.3);
}

export function saidBy(random: () => number, shape: SessionShape, place: number): Said {
  const role = roleOf(shape, place);
  const fate = random();
  return {
    role,
    status: role !== 'assistant' || fate > 0.008 ? 'complete' : fate < 0.002 ? 'failed' : 'interrupted',
    responseTimeMs: role === 'assistant' ? 300 + Math.floor(-Math.log(1 - random()) * 1_500) : null,
    agentId: role === 'agent' ? shape.agent : null,
    agentName: role === 'agent' ? `Agent ${shape.agent.slice(-3)}` : null,
  };
}

function roleOf({ agentFrom }: SessionShape, place: number): MessageRole {
  if (place % 2 === 0) return 'user';
  return place < agentFrom ? 'assistant' : 'agent';
}

/** Answers come after seconds, questions after a minute or so. */
export function pauseBefore(random: () => number, shape: SessionShape, place: number): number {
  const pause = place === shape.pauseAt ? shape.pauseMs : 0;
  return pause + (place % 2 === 0 ? 8_000 + random() * 90_000 : 600 + random() * 8_000);
}

/** RFC 9562 from random numbers: 122 bits of them for version 4, fewer where the head is a time. */
export function uuid(random: () => number, head: string, middle: string, version: '4' | '7'): string {
  const variant = (8 + Math.floor(random() * 4)).toString(16);
  return `${head}-${middle}-${version}${hex(random, 3)}-${variant}${hex(random, 3)}-${hex(random, 6)}${hex(random, 6)}`;
}

/** @param digits up to 8 */
function hex(random: () => number, digits: number): string {
  return Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, '0');
}
