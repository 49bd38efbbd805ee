import type { NewMessage } from '@chat-history/message-store';
import { searchPage, sessionListPage, statistics, transcriptPage } from '@chat-history/http-contract';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
});
afterAll(() => workbench.stop());

const get = (path: string) => workbench.get(path, 'agent');
const inSession =
  (sessionName: string) =>
  (content: string, more: Partial<NewMessage> = {}) =>
    workbench.store({ sessionName, role: 'user', content, ...more });

describe('a conversation', () => {
  beforeAll(async () => {
    const say = inSession('shop 1');
    await say('我要退款，谢谢');
    await say('Refunds take three days. Your order is ORD-12345.', {
      role: 'assistant',
      responseTimeMs: 250,
    });
    await workbench.post('/api/sessions/shop%201/messages', 'agent').send({ content: 'I have refunded it.' });
    await inSession('other')('unrelated');
  });

  it('is in the list with its counts, the latest first', async () => {
    const { status, body } = await get('/api/history/sessions');
    expect(status).toBe(200);
    expect(sessionListPage.parse(body)).toEqual(body);
    expect(body.items.map((session: { session_name: string }) => session.session_name)).toEqual([
      'other',
      'shop 1',
    ]);
    expect(body.items[1]).toMatchObject({
      message_count: 3,
      user_count: 1,
      assistant_count: 1,
      agent_count: 1,
      last_role: 'agent',
      last_message_preview: 'I have refunded it.',
    });
  });

  it('is read in order, each message as the contract has it', async () => {
    const { body } = await get('/api/history/sessions/shop%201');
    expect(transcriptPage.parse(body)).toEqual(body);
    expect(
      body.items.map((message: Record<string, unknown>) => [message['role'], message['response_time_ms']]),
    ).toEqual([
      ['user', null],
      ['assistant', 250],
      ['agent', null],
    ]);
    expect(body.items[2]).toMatchObject({
      agent_name: 'The agent',
      status: 'complete',
      content: 'I have refunded it.',
    });
    expect(body.session.message_count).toBe(3);
  });

  it('is read around a message, and from its end', async () => {
    const { body: all } = await get('/api/history/sessions/shop%201');
    const middle = await get(`/api/history/sessions/shop%201?limit=1&around=${all.items[1].id}`);
    expect(middle.body.items).toEqual([all.items[1]]);
    const end = await get('/api/history/sessions/shop%201?limit=2&around=latest');
    expect(end.body.items).toEqual(all.items.slice(1));
    const older = await get(`/api/history/sessions/shop%201?limit=2&cursor=${end.body.prev_cursor}`);
    expect(older.body.items).toEqual(all.items.slice(0, 1));
  });

  it.each(['refund', 'REFUNDED', '退款', '要退', '款', '12345', 'ord-12345', '"three days"', 'ord*'])(
    'is found by %s, with the hit marked',
    async (q) => {
      const { body } = await get(`/api/history/search?q=${encodeURIComponent(q)}`);
      expect(searchPage.parse(body)).toEqual(body);
      expect(body.items.length).toBeGreaterThan(0);
      for (const { message, segments } of body.items) {
        expect(message.session_name).toBe('shop 1');
        expect(segments.some((segment: { hit: boolean }) => segment.hit)).toBe(true);
      }
    },
  );

  it.each([
    ['role=agent', ['I have refunded it.']],
    ['q=refund&role=assistant', ['Refunds take three days. Your order is ORD-12345.']],
    ['session_name=other', ['unrelated']],
    ['status=failed', []],
    ['agent_id=nobody', []],
    ['agent_id=a%00b', []],
    ['session_name=other&to=2026-01-01', []],
    ['q=refund+-order', ['I have refunded it.']],
  ])('is narrowed by %s', async (filter, contents) => {
    const { status, body } = await get(`/api/history/search?${filter}`);
    expect(status).toBe(200);
    expect(body.items.map(({ message }: { message: { content: string } }) => message.content)).toEqual(
      contents,
    );
  });

  it('is counted', async () => {
    const { body } = await get('/api/history/statistics?time_zone=Asia/Shanghai&interval=hour');
    expect(statistics.parse(body)).toEqual(body);
    expect(body).toMatchObject({
      sessions: 2,
      messages: 4,
      by_role: { user: 2, assistant: 1, agent: 1 },
      response_time_ms: { count: 1, mean: 250 },
      time_zone: 'Asia/Shanghai',
      interval: 'hour',
    });
  });

  it('is counted by agents and turns, beside the period before, and by the hour of the week', async () => {
    const [from, to] = [new Date(Date.now() - 7_200_000), new Date(Date.now() + 60_000)];
    const range = `from=${from.toISOString()}&to=${to.toISOString()}`;
    const { body } = await get(`/api/history/statistics?${range}&interval=day&time_zone=Asia/Kolkata`);
    expect(body).toMatchObject({
      new_sessions: 2,
      agent_sessions: 1,
      by_agent: [{ agent_id: expect.any(String), agent_name: 'The agent', messages: 1 }],
      unanswered_turns: 1,
      interrupted_answers: 0,
      failed_answers: 0,
      previous: { to: from.toISOString(), is_cut: false, messages: 0, new_sessions: 0, by_agent: [] },
    });
    for (const share of ['p50', 'p90', 'p99']) {
      expect(Math.abs(body.response_time_ms[share] - 250)).toBeLessThanOrEqual(5);
    }
    const ofSeries = (of: string) =>
      body.series.reduce((sum: number, interval: Record<string, number>) => sum + interval[of]!, 0);
    expect([ofSeries('user'), ofSeries('agent'), ofSeries('new_sessions')]).toEqual([2, 1, 2]);
    expect(body.hour_of_week.flat().reduce((sum: number, count: number) => sum + count)).toBe(4);
  });

  it('is paged to its end without losing or repeating a message', async () => {
    const pages = async (path: string) => {
      const seen: unknown[] = [];
      for (let cursor = ''; ;) {
        const { body } = await get(`${path}${cursor}`);
        seen.push(...body.items);
        if (body.next_cursor === null) return seen;
        cursor = `&cursor=${body.next_cursor}`;
      }
    };
    for (const path of ['/api/history/sessions', '/api/history/sessions/shop%201', '/api/history/search']) {
      expect(await pages(`${path}?limit=1`)).toEqual((await get(path)).body.items);
    }
  });

  it('that is not there is not found', async () => {
    expect((await get('/api/history/sessions/none')).status).toBe(404);
    const around = await get('/api/history/sessions/other?around=01900000-0000-7000-8000-000000000000');
    expect(around.status).toBe(404);
  });

  it('past its retention is invisible', async () => {
    await workbench.database.query(`select make_chat_messages_partition((now() - interval '31 days')::date)`);
    await workbench.database.query(`
      insert into chat_messages (session_name, created_at, id, role, content, status)
      values ('old', now() - interval '31 days', gen_random_uuid(), 'user', 'forgotten', 'complete')`);
    expect((await get('/api/history/search?q=forgotten')).body.items).toEqual([]);
    expect((await get('/api/history/sessions/old')).status).toBe(404);
    expect((await get('/api/history/statistics?from=2020-01-01')).body.messages).toBe(4);
  });
});

describe('hostile texts', () => {
  const word = 'a'.repeat(1_048_576);
  it.each([
    ["'; drop table chat_messages; --"],
    ['<script>alert(1)</script>'],
    ['😀🎉👨‍👩‍👧'],
    ['{{constructor.constructor("x")()}} ${7*7} %s %n \\x00 \\u0000'],
    ['\u202eright to left\u202c \ufeff\u200b'],
    [' \r\n\t line ends \r\n'],
    ['e\u0301 as two, é as one'],
  ])('such as %j come back as they were', async (content) => {
    await inSession('hostile')(content);
    const { body } = await get('/api/history/sessions/hostile?around=latest&limit=1');
    expect(body.items[0].content).toBe(content);
    const found = await get(`/api/history/search?session_name=hostile&limit=1`);
    expect(found.body.items[0].message.content).toBe(content);
  });

  it('that PostgreSQL cannot hold come back with U+FFFD in its places', async () => {
    await inSession('broken')('nul \0 high \ud83d low \udc00 end');
    const { body } = await get('/api/history/sessions/broken');
    expect(body.items[0].content).toBe('nul \ufffd high \ufffd low \ufffd end');
  });

  it('such as one word of 1 MiB come back whole', async () => {
    await inSession('long')(word);
    const { status, body } = await get('/api/history/sessions/long');
    expect(status).toBe(200);
    expect(body.items[0].content === word).toBe(true);
    expect((await get(`/api/history/search?session_name=long`)).body.items).toHaveLength(1);
  });
});
