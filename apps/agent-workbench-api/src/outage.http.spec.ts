import { startWorkbench, type Workbench } from '../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await workbench.store({ sessionName: 's', role: 'user', content: 'hello' });
});
afterAll(() => workbench.stop());
afterEach(() => workbench.proxy.become('pass'));

const answersWithinMs = 5_000;

const requests = [
  ['the list', () => workbench.get('/api/history/sessions', 'agent')],
  ['a transcript', () => workbench.get('/api/history/sessions/s', 'agent')],
  ['a search', () => workbench.get('/api/history/search?q=hello', 'agent')],
  ['statistics', () => workbench.get('/api/history/statistics', 'agent')],
  ['an export', () => workbench.get('/api/history/export?session_name=s', 'agent')],
  ['an answer', () => workbench.post('/api/sessions/s/messages', 'agent').send({ content: 'x' })],
  ['a login', () => workbench.post('/api/auth/login').send({ username: 'agent', password: 'wrong' })],
] as const;

describe.each(['refuse', 'hang'] as const)('while connections to the database %s', (mode) => {
  it('every question is answered with a problem in time, and by itself as before when it is back', async () => {
    workbench.proxy.become(mode);
    const answers = await Promise.all(
      requests.map(async ([name, ask]) => {
        const { status, headers, body } = await ask().timeout(answersWithinMs);
        return [name, status, headers['content-type'], Number(headers['retry-after']) > 0, body.status];
      }),
    );
    const problem = 'application/problem+json; charset=utf-8';
    expect(answers).toEqual(requests.map(([name]) => [name, 503, problem, true, 503]));

    workbench.proxy.become('pass');
    for (const [name, ask] of requests) {
      const { status } = await ask();
      expect([name, status]).toEqual([name, name === 'a login' ? 401 : name === 'an answer' ? 201 : 200]);
    }
  });

  it('it lives, and is not ready', async () => {
    expect((await workbench.get('/health/ready')).status).toBe(200);
    workbench.proxy.become(mode);
    expect((await workbench.get('/health/live')).status).toBe(200);
    const { status, body } = await workbench.get('/health/ready');
    expect(status).toBe(503);
    expect(body.details.database.status).toBe('down');
  });
});
