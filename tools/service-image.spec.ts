import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..');

it('the image of a service takes every kind of file that building makes for Node', () => {
  const built = globSync(
    '{apps/ai-chatbot,apps/agent-workbench-api,apps/retention-worker,libs/*}/dist/**/*.*',
    { cwd: root, exclude: ['**/*.map'] },
  );
  const kinds = new Set(
    built.map((file) => path.extname(file)).filter((kind) => !/^\.[cm]?ts|^\.tsbuildinfo/.test(kind)),
  );
  const dockerfile = readFileSync(path.join(root, 'docker/service.Dockerfile'), 'utf8');
  const taken = [...dockerfile.matchAll(/-name '\*(\.\w+)'/g)].map(([, kind]) => kind);
  expect(kinds.size).toBeGreaterThan(1);
  expect(taken).toEqual(expect.arrayContaining([...kinds]));
});
