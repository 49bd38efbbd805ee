import { setTimeout as delay } from 'node:timers/promises';
import { MessageWriter } from '@chat-history/message-store';
import { startWorkbench, type Workbench } from '../test/workbench.js';

/** A service starts without its spool and is degraded until then, which on a slow machine is a while. */
async function untilSpoolIsOpen({ app }: Workbench): Promise<void> {
  const writer = app.get(MessageWriter);
  for (let attempt = 0; !writer.state().spoolIsUsable; attempt++) {
    if (attempt === 500) throw new Error('the spool was not opened');
    await delay(20);
  }
}

it('readiness shows the database, the spool and what was not kept', async () => {
  const workbench = await startWorkbench();
  await untilSpoolIsOpen(workbench);
  const { status, body } = await workbench.get('/health/ready');
  await workbench.stop();
  expect([status, body]).toEqual([
    200,
    {
      status: 'ok',
      details: {
        database: { status: 'up' },
        spool: { status: 'up', messages: 0, bytes: expect.any(Number) },
        messages: { status: 'up', buffered: 0, undurable: 0, lost: 0 },
      },
    },
  ]);
});

describe('with a replica', () => {
  let workbench: Workbench;
  beforeAll(async () => {
    workbench = await startWorkbench({}, { hasReplica: true });
    await workbench.store({ sessionName: 's', role: 'user', content: 'hello' });
  });
  afterAll(() => workbench.stop());
  afterEach(() => workbench.replica.become('pass'));

  const pages = ['sessions', 'sessions/s', 'search?q=hello', 'statistics'].map(
    (path) => `/api/history/${path}`,
  );

  it('readiness shows it', async () => {
    await untilSpoolIsOpen(workbench);
    const { body } = await workbench.get('/health/ready');
    expect([body.status, body.details.replica]).toEqual(['ok', { status: 'up' }]);
  });

  it.each(['refuse', 'hang'] as const)(
    'that connections %s to, only what is read from it fails',
    async (mode) => {
      workbench.replica.become(mode);
      const { status, body } = await workbench.get('/health/ready');
      expect([status, body.status, body.details.replica.status]).toEqual([200, 'degraded', 'down']);
      for (const path of pages) {
        const page = await workbench.get(path, 'agent');
        expect([path, page.status, page.headers['retry-after']]).toEqual([path, 503, '5']);
      }
      await workbench.get('/api/auth/me', 'agent').expect(200);
      await workbench.get('/api/history/export?session_name=s', 'agent').expect(200);
      await workbench.post('/api/sessions/s/messages', 'agent').send({ content: 'hi' }).expect(201);
    },
  );
});
