import { tookTooLong } from '@chat-history/http-contract';
import { withBlockedTables } from '../../test/blocked-tables.js';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench({ DATABASE_READ_TIMEOUT_MS: '100' });
  await workbench.store({ sessionName: 's', role: 'user', content: 'hello' });
});
afterAll(() => workbench.stop());

const reads = [
  ['search?q=hello', /shorter time range or one session, or for more words/],
  ['search?role=user&order=oldest', /shorter time range or one session, or for more words/],
  ['search?q=hello&order=relevance&count=true', /shorter time range or one session, or for more words/],
  ['sessions', /sessions of a shorter time range/],
  ['sessions?to=2100-01-01', /sessions of a shorter time range/],
  ['sessions/s', /fewer messages/],
  ['statistics', /Count a shorter time range/],
] as const;

it.each(reads)(
  '%s that runs out of time is told when to come back and how to narrow it',
  async (path, how) => {
    await withBlockedTables(workbench.database, async () => {
      const { status, headers, body } = await workbench.get(`/api/history/${path}`, 'agent');
      expect([status, headers['retry-after'], body.type]).toEqual([503, '5', tookTooLong]);
      expect(body).toMatchObject({ title: 'Took too long', detail: expect.stringMatching(how) });
    });
  },
);
