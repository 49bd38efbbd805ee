import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chatMessage } from '@chat-history/http-contract';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
});
afterAll(() => workbench.stop());

const answer = (sessionName: string, body: string | object = { content: 'hello' }) =>
  workbench.post(`/api/sessions/${encodeURIComponent(sessionName)}/messages`, 'agent').send(body);

describe("an agent's answer", () => {
  it('is stored under the name of who is signed in, when the answer arrives', async () => {
    const { status, body } = await answer('客服 #1');
    expect(status).toBe(201);
    expect(chatMessage.parse(body)).toEqual(body);
    const { body: me } = await workbench.get('/api/auth/me', 'agent');
    expect(body).toMatchObject({
      session_name: '客服 #1',
      role: 'agent',
      content: 'hello',
      agent_id: me.agent_id,
      agent_name: 'The agent',
      status: 'complete',
      response_time_ms: null,
    });
    const rows = await workbench.database.query('select content from chat_messages where id = $1', [body.id]);
    expect(rows).toEqual([{ content: 'hello' }]);
    expect((await workbench.get('/metrics')).text).toMatch(/chat_history_committed_total [1-9]/);
  });

  it('comes after what was said before', async () => {
    await workbench.store({ sessionName: 's', role: 'user', content: 'help' });
    await answer('s', { content: 'Here I am' });
    const { body } = await workbench.get('/api/history/sessions/s', 'agent');
    expect(body.items.map(({ content }: { content: string }) => content)).toEqual(['help', 'Here I am']);
  });

  it.each([
    [{ content: '' }, 'content'],
    [{ content: ' \n' }, 'content'],
    [{ content: 5 }, 'content'],
    [{}, 'content'],
    [{ content: 'x', agent_id: 'someone else' }, 'agent_id'],
    [{ content: 'x', role: 'user' }, 'role'],
    ['{"content": "x"', 'body'],
    ['[]', 'body'],
    ['null', 'body'],
    ['', 'content'],
  ])('%j is refused by the name of its field', async (sent, field) => {
    const { status, body } = await answer('s', sent).type('json');
    expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
  });

  it.each(['a/b', 'a\\b', '\u0007', 'x'.repeat(256)])(
    'to a session named %j is refused',
    async (sessionName) => {
      const { status, body } = await answer(sessionName);
      expect([status, body.errors?.[0]?.field]).toEqual([400, 'session_name']);
    },
  );

  it('may have 32,000 characters and no more, and a body may not be any larger than that needs', async () => {
    expect((await answer('s', { content: '款'.repeat(32_000) })).status).toBe(201);
    const { status, body } = await answer('s', { content: '款'.repeat(32_001) });
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'content']);
    const tooLarge = await answer('s', { content: 'x'.repeat(300_000) });
    expect([tooLarge.status, tooLarge.body.errors?.[0]?.field]).toEqual([400, 'body']);
  });

  it('is refused in any other form than JSON', async () => {
    const { status } = await answer('s', 'content=x').type('form');
    expect(status).toBe(415);
  });
});

describe("an agent's answer with an Idempotency-Key", () => {
  const contentsOf = async (sessionName: string) => {
    const { body } = await workbench.get(`/api/history/sessions/${sessionName}`, 'agent');
    return body.items.map(({ content }: { content: string }) => content);
  };

  it('is stored once, and a repeat is answered as the first', async () => {
    const key = randomUUID();
    const first = await answer('keyed', { content: 'once' }).set('Idempotency-Key', key);
    const repeated = await answer('keyed', { content: 'once' }).set('Idempotency-Key', key);
    expect([first.status, repeated.status]).toEqual([201, 201]);
    expect(repeated.body).toEqual(first.body);
    expect(await contentsOf('keyed')).toEqual(['once']);
  });

  it('is stored once when it comes many times at once', async () => {
    const key = randomUUID();
    const send = () => answer('at-once', { content: 'once' }).set('Idempotency-Key', key);
    const answers = await Promise.all(Array.from({ length: 10 }, send));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await contentsOf('at-once')).toEqual(['once']);
  });

  it('is refused with another text, but not to another agent', async () => {
    const key = randomUUID();
    await answer('reused', { content: 'one' }).set('Idempotency-Key', key);
    const { status, body } = await answer('reused', { content: 'two' }).set('Idempotency-Key', key);
    expect([status, body.errors?.[0]?.field]).toEqual([422, 'Idempotency-Key']);
    const other = await workbench
      .post('/api/sessions/reused/messages', 'admin')
      .send({ content: 'two' })
      .set('Idempotency-Key', key);
    expect(other.status).toBe(201);
    expect(await contentsOf('reused')).toEqual(['one', 'two']);
  });

  it.each(['too short', 'x'.repeat(256)])('that is bad (%j) is refused by its name', async (key) => {
    const { status, body } = await answer('s', { content: 'x' }).set('Idempotency-Key', key);
    expect([status, body.errors?.[0]?.field]).toEqual([400, 'Idempotency-Key']);
  });
});

describe("an agent's answer that the database does not confirm in time", () => {
  let spoolDir: string;
  beforeAll(async () => (spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'))));
  afterAll(() => rm(spoolDir, { recursive: true }));

  it.each([
    ['is on the disk, and in the history later', () => spoolDir, 201],
    [
      'and that no disk takes is said to be just that, and may be stored after all',
      () => `${__filename}/x`,
      504,
    ],
  ] as const)('%s', async (_what, dir, expected) => {
    const other = await startWorkbench({
      CHAT_HISTORY_SPOOL_DIR: dir(),
      CHAT_HISTORY_COMMIT_TIMEOUT_MS: '250',
    });
    const send = (content: string) => other.post('/api/sessions/slow/messages', 'agent').send({ content });
    await other.database.query('begin');
    await other.database.query('lock table chat_messages in exclusive mode');
    const { status, body } = await send('unconfirmed');
    expect(status).toBe(expected);
    if (status === 504) expect(body.detail).toContain('not confirmed');
    await other.database.query('commit');
    for (;;) {
      const rows = await other.database.query('select content from chat_messages');
      if (rows.length === 0) continue;
      expect(rows).toEqual([{ content: 'unconfirmed' }]);
      break;
    }
    await other.stop();
  });
});
