/** Brings the schema of DATABASE_URL up to date, takes migrations back, or says where it stands. */
import { migrateDown, migrateUp, migrationStatus } from '@chat-history/message-store';
import pg from 'pg';
import { runCommand, UsageError } from './command.mts';

const usage = `usage: DATABASE_URL=postgres://… npm run migrate -- up | status | down [--yes]
  up      applies what is missing
  status  lists every migration, applied or not
  down    takes the newest one back; --yes says that messages and accounts may go with it`;

await runCommand(usage, async ([command, ...flags]) => {
  const url = process.env['DATABASE_URL'];
  const unknown = flags.find((flag) => command !== 'down' || flag !== '--yes');
  if (unknown !== undefined) throw new UsageError(`unknown argument ${unknown}`);
  if (!url) throw new UsageError('DATABASE_URL is not set');
  if (command === 'up') return up(url);
  if (command === 'status') return status(url);
  if (command === 'down') return down(url, flags.includes('--yes'));
  throw new UsageError(command === undefined ? 'say what to do' : `unknown command ${command}`);
});

async function up(url: string): Promise<void> {
  const ran = await migrateUp(url);
  console.log(ran.length > 0 ? `applied ${ran.join(', ')}` : 'the schema is up to date');
}

async function status(url: string): Promise<void> {
  for (const { name, applied } of await migrationStatus(url))
    console.log(`${applied ? 'applied' : 'missing'}  ${name}`);
}

async function down(url: string, mayDelete: boolean): Promise<void> {
  const newest = (await migrationStatus(url)).findLast(({ applied }) => applied);
  if (!newest) return console.log('no migration is applied');
  if (!mayDelete && (await holdsData(url))) {
    throw new Error(
      `taking ${newest.name} back deletes what its tables hold, and this database holds messages or accounts: ` +
        'add --yes if they may go',
    );
  }
  await migrateDown(url, 1);
  console.log(`took back ${newest.name}`);
}

async function holdsData(url: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    query_timeout: 10_000,
  });
  await client.connect();
  try {
    for (const table of ['chat_messages', 'agents']) {
      const { rows } = await client.query<{ found: string | null }>('select to_regclass($1) as found', [
        table,
      ]);
      if (rows[0]?.found && (await client.query(`select from ${table} limit 1`)).rowCount) return true;
    }
    return false;
  } finally {
    await client.end();
  }
}
