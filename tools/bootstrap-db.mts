/** Makes the role and the database that DATABASE_URL names, on the server of ADMIN_DATABASE_URL. Safe to run again. */
import { bootstrapDatabase } from './postgres/bootstrap-database.mts';
import { runCommand, UsageError } from './command.mts';

const usage = `usage: npm run bootstrap-db
  ADMIN_DATABASE_URL  postgres://…, an account that may make roles and databases
  DATABASE_URL        postgres://role:password@host:5432/database, what is to be made`;

await runCommand(usage, async (args) => {
  const { ADMIN_DATABASE_URL: adminUrl, DATABASE_URL: databaseUrl } = process.env;
  if (args.length > 0) throw new UsageError(`unknown argument ${args[0]}`);
  for (const [name, url] of Object.entries({ ADMIN_DATABASE_URL: adminUrl, DATABASE_URL: databaseUrl })) {
    if (!url) throw new UsageError(`${name} is not set`);
    if (!URL.canParse(url)) throw new UsageError(`${name} is not a URL`);
  }
  const made = await bootstrapDatabase(adminUrl!, databaseUrl!);
  console.log(made.length > 0 ? `made ${made.join(' and ')}` : 'role and database were there already');
});
