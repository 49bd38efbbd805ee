import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { startWorkbench, type Workbench } from '../../test/workbench.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
  await workbench.store(
    { sessionName: 's', role: 'user', content: '=HYPERLINK("http://evil.example")' },
    { sessionName: 's', role: 'assistant', content: '退款 takes "3" days,\r\nor more', responseTimeMs: 12 },
    { sessionName: 't', role: 'user', content: 'in another session' },
  );
});
afterAll(() => workbench.stop());

const header =
  '\ufeffsession_name,created_at,id,role,content,response_time_ms,agent_id,agent_name,status\r\n';

async function exportsRunning(): Promise<number> {
  const rows = await workbench.database.query(
    `select from pg_stat_activity where datname = current_database() and application_name like '% export'`,
  );
  return rows.length;
}

describe('an export', () => {
  it('is a CSV file to be saved, that a spreadsheet shows and does not run', async () => {
    const { status, headers, text } = await workbench.get(
      '/api/history/export?format=csv&session_name=s',
      'agent',
    );
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toMatch(
      /^attachment; filename="chat-history-\d{4}-\d\d-\d\d\.csv"$/,
    );
    const cells = text.replaceAll(/'\d{4}-\d\d-\d\dT[\d:.]+Z,[0-9a-f-]{36}/g, "'TIME,ID");
    expect(cells).toBe(
      `${header}s,'TIME,ID,user,"'=HYPERLINK(""http://evil.example"")",,,,complete\r\n` +
        `s,'TIME,ID,assistant,"退款 takes ""3"" days,\r\nor more",'12,,,complete\r\n`,
    );
  });

  it('is not made for who asks for its headers alone', async () => {
    await workbench.database.query('begin');
    await workbench.database.query('lock table chat_messages in access exclusive mode');
    const { status, headers } = await workbench.head('/api/history/export?session_name=s', 'agent');
    await workbench.database.query('commit');
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toContain('attachment; filename=');
  });

  it('of many sessions needs a supervisor', async () => {
    const refused = await workbench.get('/api/history/export', 'agent');
    expect(refused.status).toBe(403);
    expect(refused.body.detail).toBe('To export more than one session you need to be a supervisor.');
    expect(refused.headers).not.toHaveProperty('content-disposition');
    const { text } = await workbench.get('/api/history/export', 'supervisor');
    expect(text.match(/complete\r\n/g)).toHaveLength(3);
  });

  it.each([
    ['q=退款', 1],
    ['role=user', 2],
    ['q=session&session_name=s', 0],
    ['to=2020-01-01', 0],
  ])('of %s has only those', async (filter, rows) => {
    const { text } = await workbench.get(`/api/history/export?${encodeURI(filter)}`, 'admin');
    expect(text.startsWith(header)).toBe(true);
    expect(text.match(/complete\r\n/g) ?? []).toHaveLength(rows);
  });

  it.each([
    ['csv-raw', /^session_name,.+,metadata\r\ns,[\d-]+T[\d:.]+Z,.+"=HYPERLINK/],
    ['jsonl', /^\{"session_name":"s","created_at":"[\d-]+T[\d:.]+Z",.+,"metadata":null\}\n/],
    ['txt', /^Session s\nTimes: Asia\/Shanghai\n\n--- [\d-]+ ---\n\n\[[\d:]+\] Customer\n {4}=HYPERLINK/],
    [
      'md',
      /^# Session s\n\n- Times\\: Asia\\\/Shanghai\n\n## [\d-]+\n\n\*\*[\d:]+ Customer\*\*\n\n```text\n=HYPER/,
    ],
  ])('can be %s', async (format, beginning) => {
    const path = `/api/history/export?format=${format}&session_name=s&time_zone=Asia/Shanghai`;
    const { status, headers, text, body } = await workbench.get(path, 'agent').buffer(true);
    expect(status).toBe(200);
    expect(headers['content-disposition']).toMatch(/\.(csv|jsonl|txt|md)"$/);
    expect(text ?? String(body)).toMatch(beginning);
  });

  it('can be a compressed file, which no client unpacks by itself', async () => {
    const path = '/api/history/export?session_name=s';
    const { headers, body } = await workbench.get(`${path}&gzip=true`, 'agent').buffer(true).parse(asBuffer);
    expect(headers['content-type']).toBe('application/gzip');
    expect(headers).not.toHaveProperty('content-encoding');
    const { text } = await workbench.get(path, 'agent');
    expect(gunzipSync(body as Buffer).toString()).toBe(text);
  });

  it('can be session by session', async () => {
    await workbench.store({ sessionName: 's', role: 'user', content: 'the last word' });
    const contents = async (order: string) => {
      const { text } = await workbench.get(`/api/history/export?format=csv-raw&order=${order}`, 'admin');
      return Array.from(text.matchAll(/^(\w),.*(the last word|another session)/gm), ([, session]) => session);
    };
    expect(await contents('time')).toEqual(['t', 's']);
    expect(await contents('session')).toEqual(['s', 't']);
  });

  it.each([
    ['format=xlsx', 'format', 'must be csv, csv-raw, jsonl, txt or md'],
    ['order=newest', 'order', 'must be time or session'],
    ['time_zone=Mars', 'time_zone', 'must be an IANA time zone such as Europe/Berlin'],
    ['gzip=yes', 'gzip', 'must be true or false'],
    ['format=md', 'session_name', 'must be given for txt and md: they are one session to read'],
    ['format=txt', 'session_name', 'must be given for txt and md: they are one session to read'],
  ])('of %s is refused, naming the field', async (query, field, message) => {
    const { status, body } = await workbench.get(`/api/history/export?${query}`, 'supervisor');
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field, message }]);
  });

  describe('that is large', () => {
    beforeAll(async () => {
      await workbench.database.query(`
        insert into chat_messages (session_name, created_at, id, role, content, status)
        select 'large', now(), gen_random_uuid(), 'user', repeat('x', 10000), 'complete' from generate_series(1, 3000)`);
    });

    /** An answer whose body nobody has begun to read, so that the service must wait. */
    async function unread(path: string): Promise<IncomingMessage> {
      const headers = { Authorization: `Bearer ${workbench.token('admin')}` };
      const asked = httpGet(`${await workbench.app.getUrl()}${path}`, { headers });
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      return answer;
    }

    it('ends in the database when its client goes away, and is no fault', async () => {
      const answer = await unread('/api/history/export?session_name=large');
      expect(answer.statusCode).toBe(200);
      expect(await exportsRunning()).toBe(1);
      answer.destroy();
      while ((await exportsRunning()) > 0);
      expect(workbench.logLines.join('')).not.toContain('a request failed');
    });

    it('is cut, and does not just end, when the database goes away', async () => {
      const answer = await unread('/api/history/export?session_name=large');
      await workbench.database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like '% export'`,
      );
      answer.resume();
      await expect(once(answer, 'end')).rejects.toThrow('aborted');
    });

    it('is refused while four others run, and may begin when they have ended', async () => {
      const running: IncomingMessage[] = [];
      while (running.length < 4) {
        const answer = await unread('/api/history/export?session_name=large');
        // One of an earlier test may still be ending.
        if (answer.statusCode === 200) running.push(answer);
        else answer.destroy();
      }
      const refused = await workbench.get('/api/history/export', 'admin');
      expect(refused.status).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      for (const answer of running) answer.destroy();
      while ((await exportsRunning()) > 0);
      expect((await workbench.get('/api/history/export?session_name=s', 'admin')).status).toBe(200);
    });

    it('is refused with more rows than are streamed, before any of them, and says what to do', async () => {
      await workbench.database.query(`
        insert into chat_messages (session_name, created_at, id, role, content, status)
        select 'larger', now(), gen_random_uuid(), 'user', 'x', 'complete' from generate_series(1, 100001)`);
      const { status, body, headers } = await workbench.get(
        '/api/history/export?session_name=larger&format=jsonl',
        'agent',
      );
      expect(status).toBe(409);
      expect(body).toMatchObject({
        type: '/problems/too-many-rows',
        detail: 'These are more than 100,000 messages. Make a job of it: POST /api/history/exports.',
      });
      expect(headers).not.toHaveProperty('content-disposition');
      await workbench.database.query(`delete from chat_messages where ctid in (
        select ctid from chat_messages where session_name = 'larger' limit 1)`);
      expect((await workbench.get('/api/history/export?session_name=larger', 'agent')).status).toBe(200);
    });
  });
});

function asBuffer(answer: unknown, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const stream = answer as IncomingMessage;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('end', () => done(null, Buffer.concat(chunks)));
}
