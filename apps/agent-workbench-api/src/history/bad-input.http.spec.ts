import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await workbench.store(
    { sessionName: 's', role: 'user', content: 'paged' },
    { sessionName: 't', role: 'user', content: 'paged' },
    { sessionName: 'u', role: 'user', content: 'paged' },
  );
});
afterAll(() => workbench.stop());

const get = (path: string) => workbench.get(path, 'agent');

describe('bad input', () => {
  it.each([
    ['sessions?limit=0', 'limit'],
    ['sessions?limit=201', 'limit'],
    ['sessions?limit=-1', 'limit'],
    ['sessions?limit=1.5', 'limit'],
    ['sessions?limit=ten', 'limit'],
    ['sessions?limit=1&limit=2', 'limit'],
    ['sessions?from=2026-11-02&to=2026-11-01', 'from'],
    ['sessions?from=yesterday', 'from'],
    ['sessions?from=2026-02-30', 'from'],
    ['sessions?to=2026-11-01T00:00:00', 'to'],
    ['sessions?to=1793000000', 'to'],
    ['sessions?to=0000-01-01', 'to'],
    ['sessions?to=0001-01-01T00:00:00%2B14:00', 'to'],
    ['sessions?from=9999-12-31T23:59:59-14:00', 'from'],
    ['sessions?cursor=', 'cursor'],
    ['sessions?cursor=abc', 'cursor'],
    ['sessions?cursor=%00%ff', 'cursor'],
    ['sessions?page=2', 'page'],
    ['sessions/s?cursor=abc', 'cursor'],
    ['sessions/s?limit=0', 'limit'],
    ['sessions/s?around=middle', 'around'],
    ['sessions/s?around=latest&cursor=abc', 'around'],
    ['sessions/..%2F', 'session_name'],
    ['sessions/a%2Fb', 'session_name'],
    ['sessions/a%5Cb', 'session_name'],
    ['sessions/a%00b', 'session_name'],
    [`sessions/${'x'.repeat(256)}`, 'session_name'],
    [`search?q=${'x'.repeat(501)}`, 'q'],
    ['search?q=a&q=b', 'q'],
    ['search?role=customer', 'role'],
    ['search?status=done', 'status'],
    ['search?agent_id=', 'agent_id'],
    ['search?session_name=', 'session_name'],
    ['search?order=best', 'order'],
    ['search?order=relevance', 'order'],
    ['search?order=relevance&q=%20', 'order'],
    ['search?order=relevance&role=user', 'order'],
    ['search?count=1', 'count'],
    ['search?count=true&count=true', 'count'],
    ['sessions?count=true', 'count'],
    ['sessions?order=oldest', 'order'],
    ['export?order=oldest', 'order'],
    ['search?cursor=abc', 'cursor'],
    ['statistics?time_zone=Mars/Olympus', 'time_zone'],
    ['statistics?time_zone=%2B02:00', 'time_zone'],
    ['statistics?interval=minute', 'interval'],
    ['statistics?from=2026-11-02&to=2026-11-01', 'from'],
    ['export?format=xlsx', 'format'],
    ['export?limit=5', 'limit'],
    ['export?from=x', 'from'],
  ])('%s is refused by the name of its field', async (path, field) => {
    const { status, body, headers } = await workbench.get(`/api/history/${path}`, 'admin');
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(JSON.stringify(body)).not.toMatch(/select|stack|\.ts/i);
  });

  it('such as a cursor of another query, or an altered one, is refused', async () => {
    const { body } = await get('/api/history/search?q=paged&limit=1');
    const cursor: string = body.next_cursor;
    expect((await get(`/api/history/search?q=paged&limit=2&cursor=${cursor}`)).status).toBe(200);
    for (const path of [
      `search?q=pages&cursor=${cursor}`,
      `search?q=paged&role=user&cursor=${cursor}`,
      `sessions?cursor=${cursor}`,
      `sessions/s?cursor=${cursor}`,
      `search?q=paged&cursor=${cursor.slice(0, -3)}`,
      `search?q=paged&cursor=${cursor.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'))}x`,
      `search?q=paged&cursor=${'x'.repeat(2_001)}`,
    ]) {
      const answer = await get(`/api/history/${path}`);
      expect([path, answer.status, answer.body.errors?.[0].field]).toEqual([path, 400, 'cursor']);
    }
  });

  it('such as a path that is no UTF-8 is refused', async () => {
    expect((await get('/api/history/sessions/%E0%A4%A')).status).toBe(400);
  });
});

describe('the widest range that can be written', () => {
  it.each(['sessions', 'search', 'search?q=x', 'statistics', 'export'])(
    'is one like any other to %s',
    async (list) => {
      const path = `/api/history/${list}${list.includes('?') ? '&' : '?'}from=0001-01-01&to=9999-12-31T23:59:59Z`;
      expect((await workbench.get(path, 'admin')).status).toBe(200);
    },
  );
});
