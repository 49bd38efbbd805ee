/** Brings the schema of DATABASE_URL up to date, takes migrations back, or says where it stands. */
import {
  holdsMessagesOrAccounts,
  migrateDown,
  migrateUp,
  migrationStatus,
} from '@chat-history/message-store';
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
  if (!mayDelete && (await holdsMessagesOrAccounts(url))) {
    throw new Error(
      `taking ${newest.name} back deletes what its tables hold, and this database holds messages or accounts: ` +
        'add --yes if they may go',
    );
  }
  await migrateDown(url, 1);
  console.log(`took back ${newest.name}`);
}
