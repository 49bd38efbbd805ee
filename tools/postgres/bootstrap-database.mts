import pg from 'pg';
import { scramVerifier } from './scram-verifier.mts';

/** Ctypes that know letters beyond ASCII; the first that the server has is taken. */
const ctypes = ['C.UTF-8', 'en_US.UTF-8'];

const connectTimeoutMs = 10_000;
const statementTimeoutMs = 60_000;
const invalidLocaleName = '42809';

/**
 * Makes the role and the database that `databaseUrl` names, as the account of `adminUrl`, which must be allowed to make
 * both. What is there already stays; the role's password becomes the one of the URL. It travels as a SCRAM verifier,
 * so that no log of the server can show it.
 * @returns what was made now.
 * @throws Error whose message says why they cannot be made
 */
export async function bootstrapDatabase(adminUrl: string, databaseUrl: string): Promise<string[]> {
  const { role, password, database } = wantedOf(databaseUrl);
  const admin = new pg.Client({
    connectionString: adminUrl,
    application_name: 'chat-history-bootstrap',
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
  });
  await admin.connect();
  try {
    const made = [await ensureRole(admin, role, password), await ensureDatabase(admin, database, role)];
    return made.filter((name) => name !== undefined);
  } finally {
    await admin.end();
  }
}

function wantedOf(databaseUrl: string): { role: string; password: string; database: string } {
  const url = new URL(databaseUrl);
  const [role, password, database] = [url.username, url.password, url.pathname.slice(1)].map(
    decodeURIComponent,
  );
  if (!role || !password || !database) {
    throw new Error('DATABASE_URL must name a user, its password and a database');
  }
  return { role, password, database };
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<string | undefined> {
  const name = pg.escapeIdentifier(role);
  const { rowCount } = await admin.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount ? 'alter' : 'create';
  await admin.query(`${verb} role ${name} login password ${pg.escapeLiteral(scramVerifier(password))}`);
  return rowCount ? undefined : `role ${role}`;
}

async function ensureDatabase(admin: pg.Client, database: string, role: string): Promise<string | undefined> {
  const { rows } = await admin.query<{ owner: string; encoding: string; ctype: string }>(
    `select pg_get_userbyid(datdba) as owner, pg_encoding_to_char(encoding) as encoding, datctype as ctype
     from pg_database where datname = $1`,
    [database],
  );
  const [found] = rows;
  if (!found) {
    await createDatabase(admin, database, role);
    return `database ${database}`;
  }
  if (found.owner !== role) {
    throw new Error(
      `the database ${database} is there already and belongs to ${found.owner}, not to ${role}`,
    );
  }
  if (found.encoding !== 'UTF8' || ['C', 'POSIX'].includes(found.ctype)) {
    throw new Error(
      `the database ${database} is there already with encoding ${found.encoding} and ctype ${found.ctype}; ` +
        'it needs UTF8 and a ctype such as C.UTF-8, which only a new database can have',
    );
  }
  return undefined;
}

async function createDatabase(admin: pg.Client, database: string, role: string): Promise<void> {
  const owner = pg.escapeIdentifier(role);
  // Who is no superuser may give a database only to a role that it is a member of.
  await admin.query(`
    do $$ begin
      if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant %I to %I', ${pg.escapeLiteral(role)}, current_user);
      end if;
    end $$`);
  for (const ctype of ctypes) {
    try {
      await admin.query(
        `create database ${pg.escapeIdentifier(database)} owner ${owner} template template0
         encoding 'UTF8' lc_collate '${ctype}' lc_ctype '${ctype}'`,
      );
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== invalidLocaleName) throw error;
    }
  }
  throw new Error(`the server has none of the locales ${ctypes.join(', ')}`);
}
