import { get } from 'node:http';
import { withBlockedTables } from '../../test/blocked-tables.js';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench({
    // So that it is not the timeout that ends a read.
    DATABASE_READ_TIMEOUT_MS: '60000',
    // Who gets no connection back has none for the next request.
    DATABASE_READER_POOL_MAX: '1',
  });
  await workbench.store({ sessionName: 's', role: 'user', content: 'hello' });
});
afterAll(() => workbench.stop());

describe.each([
  ['session list', 'sessions', '/api/history/sessions'],
  ['session list of a range', 'sessions', '/api/history/sessions?to=2100-01-01'],
  ['transcript', 'sessions/:session_name', '/api/history/sessions/s?around=latest'],
  ['search', 'search', '/api/history/search?q=hello'],
  ['search, oldest first', 'search', '/api/history/search?q=hello&order=oldest'],
  ['best match with its count', 'search', '/api/history/search?q=hello&order=relevance&count=true'],
  ['statistics', 'statistics', '/api/history/statistics'],
])('a client that leaves during a %s', (_read, route, path) => {
  it('ends its statement in PostgreSQL and leaves the connection to the next', async () => {
    const before = await leaversOf(route);
    await withBlockedTables(workbench.database, async (waiting) => {
      for (let round = 0; round < 3; round++) {
        const asking = get(workbench.url + path, {
          headers: { Authorization: `Bearer ${workbench.token('agent')}` },
        }).on('error', () => undefined);
        await waiting(1);
        asking.destroy();
        await waiting(0);
      }
    });
    expect((await workbench.get(path, 'agent')).status).toBe(200);
    expect((await leaversOf(route)) - before).toBe(3);
    expect(workbench.logLines.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });
});

/** How many requests of the route ended with nobody there. */
async function leaversOf(route: string): Promise<number> {
  const { text } = await workbench.get('/metrics');
  const labels = `method="GET",route="/api/history/${route}",status="499"`;
  const line = text
    .split('\n')
    .find((one) => one.startsWith(`http_request_duration_seconds_count{${labels}}`));
  return Number(line?.split(' ')[1] ?? 0);
}
