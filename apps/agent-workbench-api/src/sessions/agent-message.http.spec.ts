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

  it('that is not confirmed in time is said to be just that, and may be stored after all', async () => {
    await workbench.database.query('begin');
    await workbench.database.query('lock table chat_messages in exclusive mode');
    const { status, body } = await answer('slow', { content: 'unconfirmed' });
    expect(status).toBe(503);
    expect(body.detail).toContain('not confirmed');
    await workbench.database.query('commit');
    // The next answer is written behind it.
    expect((await answer('slow', { content: 'confirmed' })).status).toBe(201);
    const { body: transcript } = await workbench.get('/api/history/sessions/slow', 'agent');
    expect(transcript.items.map(({ content }: { content: string }) => content)).toEqual([
      'unconfirmed',
      'confirmed',
    ]);
  });
});
