import {
  type ChatMessage,
  type ChatSession,
  type MessageFilter,
  type SearchOrder,
} from '@chat-history/http-contract';

export interface FakeRequest {
  readonly method: string;
  /** Path and query, from `/workbench-api` on. */
  readonly url: string;
  readonly authorization: string | null;
  readonly idempotencyKey: string | null;
  readonly range: string | null;
  readonly body: unknown;
}

export interface FakeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export function within({ created_at: at }: ChatMessage, { from, to }: MessageFilter): boolean {
  return (!from || Date.parse(at) >= Date.parse(from)) && (!to || Date.parse(at) < Date.parse(to));
}

export function isMeant(one: ChatMessage, filter: MessageFilter): boolean {
  const isEqual = (value: unknown, wanted: unknown) => wanted === undefined || value === wanted;
  return (
    within(one, filter) &&
    one.content.toLowerCase().includes((filter.q ?? '').toLowerCase()) &&
    isEqual(one.session_name, filter.session_name) &&
    isEqual(one.role, filter.role) &&
    isEqual(one.agent_id, filter.agent_id) &&
    isEqual(one.status, filter.status)
  );
}

/** The best match has the word most often. @param found newest first */
export function inOrder(found: ChatMessage[], order: SearchOrder, word: string, most: number): ChatMessage[] {
  const times = ({ content }: ChatMessage) => content.toLowerCase().split(word.toLowerCase()).length;
  switch (order) {
    case 'newest':
      return found;
    case 'oldest':
      return found.toReversed();
    case 'relevance':
      return found.slice(0, most).sort((one, other) => times(other) - times(one));
  }
}

export function summary(messages: ChatMessage[]): ChatSession {
  const last = messages.at(-1);
  if (!last) throw new Error('a session has at least one message');
  const of = (role: string) => messages.filter((one) => one.role === role).length;
  return {
    session_name: last.session_name,
    started_at: messages[0]?.created_at ?? last.created_at,
    last_message_at: last.created_at,
    message_count: messages.length,
    user_count: of('user'),
    assistant_count: of('assistant'),
    agent_count: of('agent'),
    last_role: last.role,
    last_message_preview: last.content.slice(0, 200),
  };
}

export function segments(content: string, word: string) {
  const at = content.toLowerCase().indexOf(word.toLowerCase());
  const start = Math.max(0, at - 60);
  return [
    { text: content.slice(start, at), hit: false },
    { text: content.slice(at, at + word.length), hit: true },
    { text: content.slice(at + word.length, at + word.length + 120), hit: false },
  ].filter((segment) => segment.text !== '');
}

/** The cursor is the index of the next item. */
export function page<T>(all: readonly T[], cursor: string | undefined, limit: number) {
  const start = Number(cursor ?? 0);
  const end = start + limit;
  return { items: all.slice(start, end), next_cursor: end < all.length ? String(end) : null };
}

export function json(status: number, body: unknown): FakeResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

export function problem(
  status: number,
  more: { readonly retryAfterS?: number; readonly type?: string; readonly detail?: string } = {},
): FakeResponse {
  const { retryAfterS, ...members } = more;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
    },
    body: { type: 'about:blank', title: `Problem ${status}`, status, request_id: 'request-1', ...members },
  };
}
