import { createTestDatabase, type TestDatabase } from '@chat-history/message-store/testing';
import { runTool } from './test/run-tool';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
});
afterAll(() => database.drop());

const migrate = (...args: string[]) => runTool('migrate.mts', args, { DATABASE_URL: database.url });

describe('npm run migrate', () => {
  it('says where the schema stands, brings it up to date, and is done when it is', async () => {
    expect((await migrate('status')).output).toMatch(/^missing {2}CreateChatMessages/);
    expect(await migrate('up')).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^applied Create/),
    });
    expect(await migrate('up')).toEqual({ exitCode: 0, output: 'the schema is up to date\n' });
    expect((await migrate('status')).output).not.toContain('missing');
  });

  it('takes migrations back one at a time, and asks first when messages or accounts would go', async () => {
    await database.query(`insert into agents (id, username, name, role, password_hash)
                          values (gen_random_uuid(), 'somebody', 'Somebody', 'agent', 'x')`);
    const refused = await migrate('down');
    expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining('--yes') });
    expect((await migrate('status')).output).not.toContain('missing');
    let steps = 0;
    while ((await migrate('down', '--yes')).output.startsWith('took back')) steps++;
    expect((await migrate('status')).output).not.toContain('applied');
    expect(steps).toBeGreaterThan(1);
  }, 120_000);

  it.each([
    [[], 'say what to do'],
    [['sideways'], 'unknown command sideways'],
    [['up', '--yes'], 'unknown argument --yes'],
    [['down', '-f'], 'unknown argument -f'],
  ])('explains itself when called with %j', async (args, message) => {
    const run = await migrate(...args);
    expect(run.exitCode).toBe(2);
    expect(run.output).toContain(message);
    expect(run.output).toContain('usage:');
  });

  it('names the variable that is missing, and shows no password when the server refuses', async () => {
    expect(await runTool('migrate.mts', ['up'], {})).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('DATABASE_URL is not set'),
    });
    const wrong = new URL(database.url);
    wrong.password = 'hunter2';
    wrong.port = '1';
    const run = await runTool('migrate.mts', ['up'], { DATABASE_URL: wrong.toString() });
    expect(run.exitCode).toBe(1);
    expect(run.output).not.toContain('hunter2');
    expect(run.output).not.toMatch(/^\s+at /m);
  });
});
