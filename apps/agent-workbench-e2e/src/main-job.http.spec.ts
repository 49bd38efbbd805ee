import type {
  ChatMessage,
  ChatResponse,
  LoginResponse,
  SearchPage,
  SessionListPage,
} from '@chat-history/http-contract';
import { eventually } from './eventually.js';
import { startSystem, type System } from './system.js';

let system: System;
let token: string;
let turn: ChatResponse;

beforeAll(async () => {
  system = await startSystem();
  const { username, password } = system;
  token = (await post<LoginResponse>('/workbench-api/auth/login', { username, password })).access_token;
  turn = await post<ChatResponse>('/chat', { message: '我要退款，谢谢 (ORD-12345, überfällig)' });
  await eventually(
    () => get<SessionListPage>('/history/sessions', { limit: '1' }),
    ({ items }) => items[0]?.session_name === turn.session_name && items[0].message_count === 2,
  );
}, 180_000);
// It also drains and stops with nothing to complain of.
afterAll(async () => expect(await system.stop()).toBe(0));

describe('a chat turn', () => {
  it('is answered, and listed with both its messages', async () => {
    expect(turn).toMatchObject({ reply: expect.stringMatching(/./), status: 'complete' });
    const { items } = await get<SessionListPage>('/history/sessions', {});
    expect(items[0]).toMatchObject({ session_name: turn.session_name, user_count: 1, assistant_count: 1 });
  });

  it('has a transcript in order, which an agent continues', async () => {
    const answer = await post<ChatMessage>(`/workbench-api/sessions/${turn.session_name}/messages`, {
      content: 'Refund approved — 已批准',
    });
    const { items } = await get<{ items: ChatMessage[] }>(`/history/sessions/${turn.session_name}`, {});
    expect(items.map(({ id, role }) => ({ id, role }))).toEqual([
      { id: turn.message_id, role: 'user' },
      { id: turn.reply_id, role: 'assistant' },
      { id: answer.id, role: 'agent' },
    ]);
    expect(items[0]?.content).toBe('我要退款，谢谢 (ORD-12345, überfällig)');
    expect(items[1]).toMatchObject({ content: turn.reply, response_time_ms: turn.response_time_ms });
    expect(items[2]).toMatchObject({ agent_name: 'Demo', agent_id: expect.stringMatching(/./) });
  });

  it.each(['退款', '要退', '款', '12345', 'ORD-12345', 'uberfallig', 'überfällig', '"退款，谢谢"'])(
    'is found by %s',
    async (q) => {
      expect(await idsOf({ q, session_name: turn.session_name })).toContain(turn.message_id);
    },
  );

  it('is found by words of the reply and of the agent’s message too', async () => {
    expect(await idsOf({ q: '演示机器人', role: 'assistant' })).toContain(turn.reply_id);
    const { items } = await get<SearchPage>('/history/search', { q: 'approve', role: 'agent' });
    expect(items[0]?.message.session_name).toBe(turn.session_name);
    expect(items[0]?.segments.filter(({ hit }) => hit)).toEqual([{ text: 'approved', hit: true }]);
  });

  it('is counted and exported', async () => {
    const filter = { session_name: turn.session_name };
    const csv = await text('/history/export', filter);
    const statistics = await get<{ messages: number; by_role: { agent: number } }>('/history/statistics', {});
    const [counted] = await system.database.query<{ all: number; agent: number }>(
      `select count(*)::int as all, (count(*) filter (where role = 'agent'))::int as agent from chat_messages`,
    );
    expect(csv).toContain('"我要退款，谢谢 (ORD-12345, überfällig)"');
    expect(csv).toContain('Refund approved — 已批准');
    expect(csv.trimEnd().split('\n')).toHaveLength(4);
    expect(statistics.messages).toBe(counted?.all);
    expect(statistics.by_role.agent).toBe(counted?.agent);
  });

  it('can be streamed through the gateway', async () => {
    const answer = await fetch(`${system.gateway}/chat/stream`, json({ message: 'Where is my order?' }));
    const events = (await answer.text()).match(/^event: \w+$/gm);
    expect(events?.at(0)).toBe('event: session');
    expect(events?.at(-1)).toBe('event: done');
    expect(events).toContain('event: delta');
  });
});

describe('through the gateway', () => {
  it.each([
    ['/workbench/', 200],
    ['/workbench/history', 200],
    ['/workbench-api/history/sessions', 403],
    ['/health/ready', 404],
    ['/metrics', 404],
    ['/docs', 404],
  ])('%s is answered with %i', async (pathname, status) => {
    expect((await fetch(system.gateway + pathname)).status).toBe(status);
  });
});

function json(body: object): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  };
}

async function post<Answer>(pathname: string, body: object): Promise<Answer> {
  const response = await fetch(system.gateway + pathname, json(body));
  if (!response.ok) throw new Error(`${pathname}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

async function text(pathname: string, query: Record<string, string>): Promise<string> {
  const url = `${system.gateway}/workbench-api${pathname}?${new URLSearchParams(query)}`;
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  if (!response.ok) throw new Error(`${pathname}: ${response.status} ${await response.text()}`);
  return response.text();
}

async function get<Answer>(pathname: string, query: Record<string, string>): Promise<Answer> {
  return JSON.parse(await text(pathname, query)) as Answer;
}

async function idsOf(query: Record<string, string>): Promise<string[]> {
  return (await get<SearchPage>('/history/search', query)).items.map(({ message }) => message.id);
}
