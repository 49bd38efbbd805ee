import { randomBytes } from 'node:crypto';
import type { NewMessage } from '@chat-history/message-store';
import { insertDatedMessages, type DatedMessage } from '@chat-history/message-store/testing';
import { conversations, type Line } from './demo-conversations.mts';
import { randomNumbers } from './random-numbers.mts';

const sessions = 200;
const days = 20;
const dayMs = 86_400_000;

/** The same numbers every time, so that two people who try the demo see the same chats. */
const seed = 20_261_101;

/** Writes some 200 sessions of the last 20 days, or of as many as are kept. @returns the number of messages */
export async function makeDemoData(
  databaseUrl: string,
  retentionDays: number,
  now = new Date(),
): Promise<number> {
  const random = randomNumbers(seed);
  const span = Math.min(days, retentionDays - 1) * dayMs || dayMs / 2;
  const messages = Array.from({ length: sessions }, (_, index) => {
    const conversation = conversations[index % conversations.length]!;
    // Squared, so that recent days are busier.
    const endedAt = now.getTime() - random() ** 2 * span - 60_000;
    return conversationAt(conversation, new Date(endedAt), random);
  }).flat();
  await insertDatedMessages(databaseUrl, messages, retentionDays);
  return messages.length;
}

/** Told backwards from its end, so that no message lies in the future. */
function conversationAt(lines: readonly Line[], endedAt: Date, random: () => number): DatedMessage[] {
  const sessionName = `web-${randomBytes(5).toString('hex')}`;
  const facts = factsOf(random);
  let at = endedAt.getTime();
  return lines
    .toReversed()
    .map((line) => {
      const message = { ...messageOf(line, random), sessionName, createdAt: new Date(at) };
      at -= line.role === 'assistant' ? message.responseTimeMs! : 5_000 + Math.floor(random() * 90_000);
      return { ...message, content: withFacts(line.text, facts) };
    })
    .reverse();
}

function messageOf(line: Line, random: () => number): Omit<NewMessage, 'sessionName'> {
  const { role, text: content, status = 'complete' } = line;
  switch (role) {
    case 'user':
      return { role, content };
    case 'assistant':
      return { role, content, status, responseTimeMs: 400 + Math.floor(random() ** 3 * 6_000) };
    case 'agent':
      return {
        role,
        content,
        agentId: '01999999-0000-7000-8000-000000000001',
        agentName: line.by ?? 'Customer service',
      };
  }
}

/** What differs from one chat to the next. */
function factsOf(random: () => number): Record<string, string> {
  const number = (min: number, max: number) => String(min + Math.floor(random() * (max - min + 1)));
  return {
    order: `ORD-${number(10_000, 99_999)}`,
    invoice: `INV-2026-${number(1_000, 9_999)}`,
    parcel: `1Z${number(100_000_000, 999_999_999)}`,
    amount: `${number(12, 480)}.${number(10, 99)}`,
    day: number(2, 27),
  };
}

function withFacts(text: string, facts: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole);
}
