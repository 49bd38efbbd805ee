/**
 * Runs before anything else of this repository, so it needs nothing but Node 20: installs the packages that
 * package-lock.json names when node_modules is missing or holds others, and is silent otherwise. Those bring Node 24;
 * package.json names it by its path, because a shell that has already run `node` looks for no other.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './is-installed.mjs';

const oldestNode = 20;
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const major = Number(process.versions.node.split('.')[0]);
if (major < oldestNode) {
  fail(`Node ${oldestNode} or newer is needed to begin with; this is Node ${process.versions.node}.`);
}
if (!isInstalled(root)) install();

function install() {
  console.log('Installing the packages of package-lock.json; this takes a minute or two.');
  // The npm that runs this script, not another that PATH may find.
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm] : ['npm'];
  const { status, error } = spawnSync(command, [...args, 'ci', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) fail(`npm could not be run: ${error.message}`);
  if (status !== 0) fail('npm ci failed; see its message above.');
  if (!existsSync(path.join(root, 'node_modules/node/bin/node'))) {
    fail(
      'Node 24 was not installed, because npm runs no install scripts here. Run: npm rebuild node nx lefthook @swc/core',
    );
  }
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
