import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { removeCluster, startEmbeddedPostgres } from './embedded-postgres.mts';

/**
 * Starts a PostgreSQL and a streaming replica of it, which at once cancels what holds it up. Prints their connection
 * strings, `{primary, replica}`, as a line of JSON; ends and removes both when its input ends.
 */
const majorVersion = process.env['TEST_POSTGRES_VERSION'] === '14' ? 14 : 18;
const folder = await mkdtemp(path.join(tmpdir(), 'chat-history-replica-'));
await chmod(folder, 0o755);
const dataDir = path.join(folder, 'primary');
const replicaDir = path.join(folder, 'replica');

const start = (directory: string) =>
  startEmbeddedPostgres({ dataDir: directory, majorVersion, durable: false });

const base = await start(dataDir);
await base.stop();
// What a server leaves that was stopped is a base for replicas; with its owner, who alone may start it.
const copy = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);
await copy(dataDir, replicaDir);
await copy(`${dataDir}.password`, `${replicaDir}.password`);

const primary = await start(dataDir);
const { port, username, password } = new URL(primary.url);
const settings = [
  `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password}'`,
  'max_standby_streaming_delay = 0',
];
await appendFile(path.join(replicaDir, 'postgresql.auto.conf'), `${settings.join('\n')}\n`);
await writeFile(path.join(replicaDir, 'standby.signal'), '');
const replica = await start(replicaDir);
console.log(JSON.stringify({ primary: primary.url, replica: replica.url }));

await once(process.stdin.resume(), 'end');
await replica.stop();
await primary.stop();
await removeCluster(folder);
