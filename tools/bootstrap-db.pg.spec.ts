import { randomUUID } from 'node:crypto';
import { migrateUp } from '@chat-history/message-store';
import pg from 'pg';
import { runTool } from './test/run-tool';

const adminUrl = process.env['TEST_DATABASE_URL']!;
const name = `chat_history_bootstrap_${randomUUID().replaceAll('-', '')}`;
let admin: pg.Client;

beforeAll(async () => {
  admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.query(`drop role if exists ${name}`);
  await admin.end();
});

function urlWith(password: string, database = name): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${database}`;
  return url.toString();
}

const bootstrap = (databaseUrl: string) =>
  runTool('bootstrap-db.mts', [], { ADMIN_DATABASE_URL: adminUrl, DATABASE_URL: databaseUrl });

describe('npm run bootstrap-db', () => {
  it('makes a role and a database that can be migrated, and nothing the second time', async () => {
    const url = urlWith("it's a secret: ümläut/@");
    expect(await bootstrap(url)).toEqual({ exitCode: 0, output: `made role ${name} and database ${name}\n` });
    expect(await bootstrap(url)).toEqual({ exitCode: 0, output: 'role and database were there already\n' });
    expect(await migrateUp(url)).not.toHaveLength(0);
  });

  it('changes the password to the one of the URL', async () => {
    await bootstrap(urlWith('the-next-one'));
    const client = new pg.Client({ connectionString: urlWith('the-next-one') });
    await client.connect();
    await client.end();
  });

  it('never sends the password itself, which a log of statements would keep', async () => {
    const { rows } = await admin.query<{ rolpassword: string }>(
      'select rolpassword from pg_authid where rolname = $1',
      [name],
    );
    expect(rows[0]?.rolpassword).toMatch(/^SCRAM-SHA-256\$4096:/);
  });

  it('refuses a database that belongs to somebody else', async () => {
    const run = await bootstrap(urlWith('x', 'postgres'));
    expect(run.exitCode).toBe(1);
    expect(run.output).toContain('the database postgres is there already and belongs to');
  });

  it('says what is missing', async () => {
    expect((await bootstrap(urlWith(''))).output).toContain('a user, its password and a database');
    expect(await runTool('bootstrap-db.mts', [], { DATABASE_URL: urlWith('x') })).toMatchObject({
      exitCode: 2,
      output: expect.stringContaining('ADMIN_DATABASE_URL is not set'),
    });
    expect(
      (await runTool('bootstrap-db.mts', [], { ADMIN_DATABASE_URL: 'nonsense', DATABASE_URL: 'x' })).output,
    ).toMatch(/^ADMIN_DATABASE_URL is not a URL/);
  });
});
