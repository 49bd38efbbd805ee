/** Makes an account for somebody who answers customers. */
import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { openMessageStore, type AgentRole, type NewAgent } from '@chat-history/message-store';
import { runCommand, UsageError } from './command.mts';

const usage = `usage: DATABASE_URL=postgres://… npm run create-agent -- --username mei --name "Mei Lin" [--role agent] [--password-stdin]
  --username        to sign in with, whatever its case; 1 to 255 characters
  --name            as customers and colleagues see it; 1 to 255 characters
  --role            agent (if left out) | supervisor (may also export many sessions) | admin (may everything)
  --password-stdin  reads the password, 12 to 1024 characters, from the first line of standard input;
                    without it one is made and printed once`;

const roles: readonly string[] = ['agent', 'supervisor', 'admin'] satisfies AgentRole[];

await runCommand(usage, async (args) => {
  const url = process.env['DATABASE_URL'];
  const { agent, passwordIsOnStdin } = readArguments(args);
  if (!url) throw new UsageError('DATABASE_URL is not set');
  const password = passwordIsOnStdin ? await readPassword() : randomBytes(18).toString('base64url');
  await create(url, { ...agent, password });
  console.log(`made the ${agent.role} ${agent.username}`);
  if (!passwordIsOnStdin) console.log(`password: ${password}`);
});

function readArguments(args: string[]): { agent: Omit<NewAgent, 'password'>; passwordIsOnStdin: boolean } {
  const values = parse(args);
  const { role = 'agent' } = values;
  if (!isRole(role)) throw new UsageError(`--role must be one of ${roles.join(', ')}`);
  return {
    agent: { username: nameIn('--username', values.username), name: nameIn('--name', values.name), role },
    passwordIsOnStdin: values['password-stdin'] ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        username: { type: 'string' },
        name: { type: 'string' },
        role: { type: 'string' },
        'password-stdin': { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'wrong arguments');
  }
}

function isRole(role: string): role is AgentRole {
  return roles.includes(role);
}

function nameIn(option: string, value = ''): string {
  const name = value.trim();
  if (!/^\P{C}{1,255}$/u.test(name)) {
    throw new UsageError(`${option} must have 1 to 255 characters, none of them control characters`);
  }
  return name;
}

async function readPassword(): Promise<string> {
  const [password = ''] = (await text(process.stdin)).split(/\r?\n/, 1);
  if (password.length < 12 || password.length > 1_024) {
    throw new UsageError('the password must have 12 to 1024 characters');
  }
  return password;
}

async function create(databaseUrl: string, agent: NewAgent): Promise<void> {
  const ignore = () => undefined;
  const store = openMessageStore({
    databaseUrl,
    applicationName: 'create-agent',
    logger: { info: ignore, warn: ignore, error: ignore },
    // Neither is used: no message is read or written.
    retentionDays: 1,
    spoolDir: '.',
  });
  try {
    await store.agents.create(agent);
  } finally {
    await store.close();
  }
}
