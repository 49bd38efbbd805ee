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

const commands = dockerfile
  .split('\n')
  .filter((line) => line.startsWith('COPY tools/'))
  .flatMap((line) => line.split(' ').slice(1, -1))
  .flatMap((file) => globSync(file, { cwd: root }));

/** What a file imports whose name begins so. */
function importedBy(file: string, beginning: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/from '([^']+)'/g)]
    .map(([, name = '']) => name)
    .filter((name) => name.startsWith(beginning));
}

it('the image takes with its commands every file of ours that they import', () => {
  const imported = commands.flatMap((file) =>
    importedBy(file, '.').map((other) => path.join(path.dirname(file), other)),
  );
  expect(commands).toContain('tools/migrate.mts');
  expect(commands).toEqual(expect.arrayContaining(imported));
});

it.each(['ai-chatbot', 'agent-workbench-api', 'retention-worker'])(
  'the image of %s has the libraries that its commands import',
  (app) => {
    const manifest = readFileSync(path.join(root, `apps/${app}/package.json`), 'utf8');
    const { dependencies } = JSON.parse(manifest) as { dependencies: object };
    const imported = commands.flatMap((file) => importedBy(file, '@chat-history/'));
    expect(imported).toContain('@chat-history/service-shell');
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(imported));
  },
);
