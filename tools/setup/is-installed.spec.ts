import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInstalled } from './is-installed.mjs';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'setup-spec-'));
  await mkdir(path.join(root, 'node_modules'));
});
afterEach(() => rm(root, { recursive: true }));

const lock = (packages: object) =>
  writeFile(path.join(root, 'package-lock.json'), JSON.stringify({ packages }));
const installed = (packages: object) =>
  writeFile(path.join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));

const one = { version: '1.0.0', integrity: 'sha512-one' };
const two = { version: '2.0.0', integrity: 'sha512-two' };
const foreign = { version: '1.0.0', integrity: 'sha512-mac', optional: true };

describe('what is installed', () => {
  it('will do when it is what the lock file names, but for the binaries of other systems', async () => {
    await lock({ '': { name: 'root' }, 'node_modules/a': one, 'node_modules/a-darwin': foreign });
    await installed({ 'node_modules/a': one });
    expect(isInstalled(root)).toBe(true);
  });

  it.each([
    ['lacks a package', { 'node_modules/a': one, 'node_modules/b': two }],
    ['has another version', { 'node_modules/a': two }],
    ['has another build of the version', { 'node_modules/a': { ...one, integrity: 'sha512-other' } }],
  ])('will not do when it %s', async (_, packages) => {
    await lock(packages);
    await installed({ 'node_modules/a': one });
    expect(isInstalled(root)).toBe(false);
  });

  it('will not do when nothing is there, or an install broke off', async () => {
    await lock({ 'node_modules/a': one });
    expect(isInstalled(root)).toBe(false);
    await writeFile(path.join(root, 'node_modules/.package-lock.json'), '{"packages": {');
    expect(isInstalled(root)).toBe(false);
  });
});
