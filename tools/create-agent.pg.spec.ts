import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { runTool } from './test/run-tool';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const createAgent = (args: string[], input?: string) =>
  runTool('create-agent.mts', args, { DATABASE_URL: database.url }, input);

async function account(username: string) {
  const [row] = await database.query(
    'select username, name, role, password_hash from agents where username = $1',
    [username],
  );
  return row;
}

describe('npm run create-agent', () => {
  it('makes an account and prints its password once', async () => {
    const run = await createAgent(['--username', 'mei', '--name', '林 Mei']);
    expect(run).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^made the agent mei\npassword: [\w-]{24}\n$/),
    });
    expect(await account('mei')).toMatchObject({
      name: '林 Mei',
      role: 'agent',
      password_hash: expect.stringMatching(/^\$argon2id\$/),
    });
  });

  it('takes the password from standard input, and does not show it', async () => {
    const args = ['--username', 'sam', '--name', 'Sam', '--role', 'admin', '--password-stdin'];
    const run = await createAgent(args, 'correct horse battery\n');
    expect(run).toEqual({ exitCode: 0, output: 'made the admin sam\n' });
    expect(await account('sam')).toMatchObject({ role: 'admin' });
  });

  it('makes no second account of a name', async () => {
    await createAgent(['--username', 'twin', '--name', 'Twin']);
    const run = await createAgent(['--username', 'TWIN', '--name', 'Twin']);
    expect(run).toEqual({ exitCode: 1, output: 'an account named TWIN exists already\n' });
  });

  it.each([
    [[], '--username'],
    [['--username', 'a'], '--name'],
    [['--username', ' ', '--name', 'A'], '--username'],
    [['--username', 'a', '--name', 'A', '--role', 'boss'], '--role'],
    [['--username', 'a', '--name', 'A', '--password', 'x'], '--password'],
    [['--username', 'a', '--name', 'A', '--password-stdin'], 'password'],
  ])('explains itself when called with %j', async (args, named) => {
    const run = await createAgent(args, 'short\n');
    expect(run.exitCode).toBe(2);
    expect(run.output.split('usage:')[0]).toContain(named);
    expect(run.output).toContain('usage:');
    expect(run.output).not.toMatch(/^\s+at /m);
  });
});
