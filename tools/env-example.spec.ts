import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

/** The names in capitals that a configuration schema, or a tool, begins a line or a lookup with. */
function variablesOf(file: string): string[] {
  return [...read(file).matchAll(/^\s+([A-Z][A-Z0-9_]+):|\['([A-Z][A-Z0-9_]+)'\]/gm)].map(
    ([, inSchema, looked]) => (inSchema ?? looked)!,
  );
}

it('.env.example explains every variable that the services and npm start read, and no other', () => {
  const sources = globSync(['apps/*/src/*.config.ts', 'libs/service-shell/src/config/common-config.ts'], {
    cwd: root,
  });
  const readByServices = [...sources, 'tools/start/settings.mts'].flatMap(variablesOf);
  const readByTools = ['WORKBENCH_PORT', 'ADMIN_DATABASE_URL'];
  const explained = [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name!);
  expect(new Set(explained)).toEqual(new Set([...readByServices, ...readByTools]));
  expect(explained).toHaveLength(new Set(explained).size);
});

it('docker/compose.yaml hands on all that bots are told, how databases are used, and what becomes of exports', () => {
  const ofBots = variablesOf('apps/ai-chatbot/src/ai-chatbot.config.ts').filter((name) =>
    /^(BOT_PROVIDER|COZE_|OPENAI_)/.test(name),
  );
  const ofDatabases = [
    ...variablesOf('libs/service-shell/src/config/common-config.ts'),
    ...variablesOf('apps/agent-workbench-api/src/agent-workbench-api.config.ts'),
  ].filter((name) => /^DATABASE_(?!URL)/.test(name));
  // The folder is the volume's.
  const ofExports = variablesOf('apps/agent-workbench-api/src/agent-workbench-api.config.ts').filter((name) =>
    /^EXPORT_(?!DIR$)/.test(name),
  );
  expect(ofExports.length).toBeGreaterThan(4);
  const handedOn = [...read('docker/compose.yaml').matchAll(/^\s+([A-Z0-9_]+): \$\{\1:-/gm)].map(
    ([, name]) => name,
  );
  expect(handedOn).toEqual(expect.arrayContaining([...ofBots, ...ofDatabases, ...ofExports]));
});
