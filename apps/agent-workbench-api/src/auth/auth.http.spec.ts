import { createHmac, randomUUID } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { jwtSecret, password, startWorkbench, type Workbench } from '../../test/workbench.js';
import { tokenTerms } from './access-tokens.js';

let workbench: Workbench;
beforeAll(async () => {
  workbench = await startWorkbench();
});
afterAll(() => workbench.stop());

const guarded = [
  ['get', '/api/auth/me'],
  ['post', '/api/sessions/s-1/messages'],
  ['get', '/api/history/sessions'],
  ['get', '/api/history/sessions/s-1'],
  ['get', '/api/history/search?q=x'],
  ['get', '/api/history/statistics'],
  ['get', '/api/history/export'],
  ['get', '/api/history/exports'],
  ['post', '/api/history/exports'],
  ['get', '/api/history/exports/019a3e0c-0000-7000-8000-000000000000/file'],
  ['delete', '/api/history/exports/019a3e0c-0000-7000-8000-000000000000'],
] as const;

async function idOf(username: string): Promise<string> {
  const [row] = await workbench.database.query<{ id: string }>('select id from agents where username = $1', [
    username,
  ]);
  return row!.id;
}

function signed(claims: object, options: object = {}, secret = jwtSecret): string {
  return new JwtService().sign(claims, { ...tokenTerms, secret, expiresIn: 60, ...options });
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function ask([method, path]: readonly ['get' | 'post' | 'delete', string], authorization?: string) {
  const asked = workbench[method](path);
  return authorization === undefined ? asked : asked.set('Authorization', authorization);
}

describe.each(guarded)('%s %s', (...route) => {
  it('is refused without credentials', async () => {
    const { status, body, headers } = await ask(route);
    expect(status).toBe(403);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(body).toMatchObject({ status: 403, title: 'Forbidden', request_id: expect.any(String) });
  });

  it('is refused with any token that is not a valid one of ours', async () => {
    const sub = await idOf('admin');
    const now = Math.floor(Date.now() / 1_000);
    const claims = { sub, iss: tokenTerms.issuer, aud: tokenTerms.audience, iat: now, exp: now + 60 };
    const unsigned = `${base64url({ alg: 'none', typ: 'JWT' })}.${base64url(claims)}.`;
    const hs512Head = `${base64url({ alg: 'HS512', typ: 'JWT' })}.${base64url(claims)}`;
    const hs512 = `${hs512Head}.${createHmac('sha512', jwtSecret).update(hs512Head).digest('base64url')}`;
    const valid = signed({ sub });
    const tokens = [
      unsigned,
      `${unsigned}${valid.split('.')[2]}`,
      hs512,
      signed({ sub }, {}, 'another-secret-0123456789-0123456789'),
      signed({ sub }, { expiresIn: -1 }),
      signed({ sub }, { issuer: 'someone-else' }),
      signed({ sub }, { audience: 'someone-else' }),
      signed({ sub: randomUUID() }),
      signed({ sub: "'; drop table agents" }),
      signed({}),
      valid.slice(0, -2),
      `${valid}.x`,
      'x',
      '...',
      'x'.repeat(4_000),
    ];
    for (const authorization of [
      ...tokens.map((token) => `Bearer ${token}`),
      'Bearer',
      'Basic YTpi',
      valid,
    ]) {
      const { status, body, headers } = await ask(route, authorization);
      expect([authorization, status]).toEqual([authorization, 401]);
      expect(headers['www-authenticate']).toBe('Bearer error="invalid_token"');
      expect(body.status).toBe(401);
    }
  });
});

describe('signing in', () => {
  it('gives a token that says who one is', async () => {
    const login = await workbench.post('/api/auth/login').send({ username: 'AGENT', password });
    expect(login.status).toBe(200);
    expect(login.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 28_800,
    });
    const { body } = await ask(['get', '/api/auth/me'], `Bearer ${login.body.access_token}`);
    expect(body).toEqual({ agent_id: await idOf('agent'), agent_name: 'The agent', role: 'agent' });
  });

  it('answers an unknown user, a wrong password and a disabled account alike', async () => {
    await workbench.database.query(`update agents set disabled_at = now() where username = 'supervisor'`);
    const answers = [];
    for (const body of [
      { username: 'nobody', password },
      { username: 'agent', password: 'wrong' },
      { username: 'supervisor', password },
      { username: 'nul\0', password },
    ]) {
      const { status, headers, body: problem } = await workbench.post('/api/auth/login').send(body);
      answers.push({ status, challenge: headers['www-authenticate'], ...problem, request_id: undefined });
    }
    await workbench.database.query(`update agents set disabled_at = null`);
    expect(answers[0]).toMatchObject({ status: 401, challenge: 'Bearer' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('names the fields of a bad request', async () => {
    const { status, body } = await workbench.post('/api/auth/login').send({ username: '', role: 'admin' });
    expect(status).toBe(400);
    expect(body.errors.map(({ field }: { field: string }) => field).sort()).toEqual([
      'password',
      'role',
      'username',
    ]);
  });

  it('keeps credentials out of the log', async () => {
    await workbench
      .post('/api/auth/login?password=on-the-query')
      .send({ username: 'agent', password: 'in-the-body' });
    await ask(['get', '/api/history/search?q=what-was-sought'], `Bearer ${workbench.token('agent')}`);
    const log = workbench.logLines.join('');
    expect(log).toContain('/api/history/search');
    expect(log).not.toMatch(/on-the-query|in-the-body|what-was-sought|eyJ|correct horse/);
  });
});

describe('an account', () => {
  it('that is disabled is refused at the next request', async () => {
    expect((await workbench.get('/api/auth/me', 'agent')).status).toBe(200);
    await workbench.database.query(`update agents set disabled_at = now() where username = 'agent'`);
    expect((await workbench.get('/api/auth/me', 'agent')).status).toBe(401);
    await workbench.database.query(`update agents set disabled_at = null`);
  });

  it('has the role that the database says, whatever its token said', async () => {
    await workbench.database.query(`update agents set role = 'agent' where username = 'supervisor'`);
    expect((await workbench.get('/api/auth/me', 'supervisor')).body.role).toBe('agent');
    expect((await workbench.get('/api/history/export', 'supervisor')).status).toBe(403);
    await workbench.database.query(`update agents set role = 'supervisor' where username = 'supervisor'`);
  });
});

describe('guessing passwords', () => {
  const guess = (username: string, guessed = 'wrong') =>
    workbench.post('/api/auth/login').send({ username, password: guessed });

  it('is slowed down after ten failures of one name, for that name alone', async () => {
    const statuses = [];
    for (let count = 0; count < 10; count++) statuses.push((await guess('Admin')).status);
    expect(statuses).toEqual(Array(10).fill(401));
    const refused = await guess('admin', password);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect((await guess('agent', password)).status).toBe(200);
  });

  it('is not made faster by guessing all at once', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 25 }, async () => (await guess('someone')).status),
    );
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });
});

describe('without signing in', () => {
  it.each(['/health/live', '/health/ready', '/metrics', '/docs', '/docs-json'])(
    '%s answers',
    async (path) => {
      expect((await workbench.get(path)).status).toBe(200);
    },
  );

  it('what is not there is not found', async () => {
    expect((await workbench.get('/api/nothing')).status).toBe(404);
  });
});
