import { type ChatMessage, type MessageRole } from '@chat-history/http-contract';

export type MessageOf = Pick<ChatMessage, 'session_name' | 'role' | 'content'> & Partial<ChatMessage>;

/** A message with everything it needs; `n` makes its id, which sorts as time does. */
export function message(n: number, createdAt: Date, given: MessageOf): ChatMessage {
  return {
    id: `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`,
    created_at: createdAt.toISOString(),
    response_time_ms: given.role === 'assistant' ? 640 + (n % 7) * 310 : null,
    agent_id: given.role === 'agent' ? '00000000-0000-7000-8000-00000000a9e7' : null,
    agent_name: given.role === 'agent' ? 'Second Line' : null,
    status: 'complete',
    metadata: null,
    ...given,
  };
}

/** Two messages, customer and bot, for each of `count` sessions, an hour apart, the latest an hour before `now`. */
export function manySessions(count: number, now: Date): ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = now.getTime() - (count - i) * 3_600_000;
    const session_name = `session-${String(i + 1).padStart(3, '0')}`;
    messages.push(
      message(2 * i, new Date(at), {
        session_name,
        role: 'user',
        content: `Where is order ORD-${10_000 + i}?`,
      }),
      message(2 * i + 1, new Date(at + 1_500), {
        session_name,
        role: 'assistant',
        content: `Order ORD-${10_000 + i} left our warehouse this morning.`,
      }),
    );
  }
  return messages;
}

/** One session of `count` messages, a minute apart, the latest a minute before `now`; "Message 1" is the oldest. */
export function longSession(session_name: string, count: number, now: Date): ChatMessage[] {
  const roles: MessageRole[] = ['user', 'assistant', 'user', 'agent'];
  return Array.from({ length: count }, (_, i) =>
    message(1_000_000 + i, new Date(now.getTime() - (count - i) * 60_000), {
      session_name,
      role: roles[i % roles.length] ?? 'user',
      content: `Message ${i + 1}`,
    }),
  );
}
