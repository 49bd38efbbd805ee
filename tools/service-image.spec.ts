import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..');
const dockerfile = readFileSync(path.join(root, 'docker/service.Dockerfile'), 'utf8');

it('the image of a service takes every kind of file that building makes for Node', () => {
  const built = globSync(
    '{apps/ai-chatbot,apps/agent-workbench-api,apps/retention-worker,libs/*}/dist/**/*.*',
    { cwd: root, exclude: ['**/*.map'] },
  );
  const kinds = new Set(
    built.map((file) => path.extname(file)).filter((kind) => !/^\.[cm]?ts|^\.tsbuildinfo/.test(kind)),
  );
  const taken = [...dockerfile.matchAll(/-name '\*(\.\w+)'/g)].map(([, kind]) => kind);
  expect(kinds.size).toBeGreaterThan(1);
  expect(taken).toEqual(expect.arrayContaining([...kinds]));
});

it('the image takes with its commands every file of ours that they import', () => {
  const copies = dockerfile.split('\n').filter((line) => line.startsWith('COPY tools/'));
  const taken = copies
    .flatMap((line) => line.split(' ').slice(1, -1))
    .flatMap((file) => globSync(file, { cwd: root }));
  const imported = taken.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const own = [...text.matchAll(/from '(\.[^']+)'/g)].map(([, other = '']) => other);
    return own.map((other) => path.join(path.dirname(file), other));
  });
  expect(taken).toContain('tools/migrate.mts');
  expect(taken).toEqual(expect.arrayContaining(imported));
});
