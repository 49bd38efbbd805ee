import type { Message } from '@chat-history/message-store';
import { randomNumbers } from '../../random-numbers.mts';
import { messageText } from './message-text.mts';
import { pauseBefore, saidBy, sessionShape, uuid } from './session-shape.mts';
import { rareMessages, terms } from './terms.mts';

/** The same plan gives the same messages. */
export interface DataPlan {
  readonly messages: number;
  readonly seed: number;
  /** The newest day, `YYYY-MM-DD` in UTC; the data set goes to its end. */
  readonly newestDay: string;
}

/** What the generator makes: another number, and a data set that was kept is made anew. */
export const generatorVersion = 1;

/** Thirty days and the newest. */
export const days = 31;
const stoppedOn = days - 1 - 20;

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const hours = days * 24;

/** As busy as the hours of a day are: little at night, most before noon. */
const hourWeights = Array.from(
  { length: 24 },
  (_, hour) => 1 - 0.85 * Math.cos(((hour - 2) / 24) * 2 * Math.PI),
);
const dayWeight = hourWeights.reduce((sum, weight) => sum + weight, 0);

/** First moment of the data set, and the first after it. */
export function spanOf({ newestDay }: DataPlan): { from: Date; to: Date } {
  const to = Date.parse(newestDay) + dayMs;
  return { from: new Date(to - days * dayMs), to: new Date(to) };
}

/** How many messages are before the hour, counted from the beginning of the data set. */
function messagesBefore(plan: DataPlan, hour: number): number {
  const ofToday = hourWeights.slice(0, hour % 24).reduce((sum, weight) => sum + weight, 0);
  return Math.round((plan.messages * (Math.floor(hour / 24) + ofToday / dayWeight)) / days);
}

/**
 * The messages of the sessions that begin within a day, an hour's sessions after the other; some go on on later days.
 * One hour's are in memory at a time.
 * @param day 0 is the oldest.
 */
export function* messagesOfDay(plan: DataPlan, day: number): Generator<Message> {
  for (let hour = day * 24; hour < (day + 1) * 24; hour++) yield* messagesOfHour(plan, hour);
}

/** The messages `from` to `from + count` of the whole data set. */
export function* messagesFrom(plan: DataPlan, from: number, count: number): Generator<Message> {
  const end = Math.min(from + count, plan.messages);
  for (let hour = 0; hour < hours; hour++) {
    const first = messagesBefore(plan, hour);
    if (first >= end) return;
    if (messagesBefore(plan, hour + 1) <= from) continue;
    yield* messagesOfHour(plan, hour).slice(Math.max(0, from - first), end - first);
  }
}

function messagesOfHour(plan: DataPlan, hour: number): Message[] {
  const random = randomNumbers(plan.seed + hour * 7_919);
  const first = messagesBefore(plan, hour);
  const count = messagesBefore(plan, hour + 1) - first;
  const span = spanOf(plan);
  const messages: Message[] = [];
  while (messages.length < count) {
    const startsAt = span.from.getTime() + (hour + random()) * hourMs - 1;
    pushSession(messages, count, random, startsAt, span);
  }
  for (const [index, message] of messages.entries()) messages[index] = withRare(plan, first + index, message);
  return messages.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

function pushSession(
  messages: Message[],
  count: number,
  random: () => number,
  startsAt: number,
  span: { from: Date; to: Date },
): void {
  const shape = sessionShape(random, startsAt);
  const length = Math.min(shape.messages, count - messages.length);
  let at = startsAt;
  for (let place = 0; place < length; place++) {
    // What would go on after the data set's end is said faster.
    if (place > 0)
      at += Math.min(pauseBefore(random, shape, place), (span.to.getTime() - at) / (length - place + 1));
    const createdAt = new Date(Math.max(span.from.getTime(), Math.floor(at)));
    const said = saidBy(random, shape, place);
    const day = Math.floor((createdAt.getTime() - span.from.getTime()) / dayMs);
    messages.push({
      sessionName: shape.name,
      createdAt,
      id: idOf(random, createdAt),
      ...said,
      content: messageText(random, shape, said.role !== 'user', { day, stoppedOn }),
      metadata: null,
    });
  }
}

function idOf(random: () => number, createdAt: Date): string {
  const time = createdAt.getTime().toString(16).padStart(12, '0');
  return uuid(random, time.slice(0, 8), time.slice(8), '7');
}

/** Every so many-th message holds what is rare, each term another message. */
function withRare(plan: DataPlan, index: number, message: Message): Message {
  const step = Math.floor(plan.messages / rareMessages);
  const place = index % step;
  const kind = place - Math.floor(step / 3);
  if (kind < 0 || kind >= rareTexts.length + 1 || index >= step * rareMessages) return message;
  const text = rareTexts[kind];
  if (text === undefined) return { ...message, role: 'agent', agentId: terms.rareAgent, agentName: 'Quincy' };
  return { ...message, content: `${text} ${message.content}` };
}

const rareTexts = [terms.rare, terms.rareCjk, terms.code, terms.email];
