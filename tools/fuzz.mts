/**
 * `npm run fuzz`: every property of the repository with many cases, against one PostgreSQL (as for `npm test`:
 * DATABASE_URL, TEST_POSTGRES_VERSION). It ends with a table, and with 1 when a property broke; the same seed breaks it again.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { propertySpecs, type PropertySpec } from './fuzz/properties.mts';
import { provideTestCluster } from './postgres/test-cluster.mts';
import { buildAll } from './start/build-all.mts';
import { runToEnd, StartError } from './start/run-to-end.mts';
import { root } from './start/settings.mts';

const usage = `usage: npm run fuzz -- [--only part-of-a-file-name,…] [--seed number] [--cases number] [--built]
  --only   specs by parts of their names, comma-separated; an unknown part lists them
  --seed   0 to 2147483647; printed at the start of every run
  --cases  of each property, instead of its own number
  --built  does not build first`;

interface Outcome {
  readonly spec: PropertySpec;
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

await runToEnd(async (stopping, onEnd) => {
  const wishes = readArguments();
  const specs = propertySpecs(root, wishes.only);
  // Some specs run a service or a library as it is deployed.
  if (!wishes.isBuilt) await buildAll(stopping);
  onEnd(await provideTestCluster());
  const folder = mkdtempSync(path.join(tmpdir(), 'chat-history-fuzz-'));
  onEnd(async () => rmSync(folder, { recursive: true }));
  console.log(`seed ${wishes.seed}`);
  const outcomes: Outcome[] = [];
  for (const spec of specs) {
    if (stopping.aborted) return;
    const cases = wishes.cases ?? spec.cases;
    outcomes.push(await run({ ...spec, cases }, wishes.seed, path.join(folder, 'results.json'), stopping));
  }
  console.log(tableOf(outcomes));
  console.log(`seed ${wishes.seed}`);
  const broken = outcomes.filter(({ failed }) => failed > 0);
  if (broken.length > 0)
    throw new StartError(`${broken.length} of ${outcomes.length} specs have a broken property`);
});

function readArguments() {
  const options = { only: { type: 'string' }, seed: { type: 'string' }, cases: { type: 'string' }, built: { type: 'boolean' } } as const; // prettier-ignore
  try {
    const { values } = parseArgs({ options });
    const seed = numberOf(values.seed) ?? Math.floor(Math.random() * 2 ** 31);
    const only = values.only?.split(',').filter((part) => part !== '') ?? [];
    return { seed, only, cases: numberOf(values.cases), isBuilt: values.built ?? false };
  } catch {
    throw new StartError(usage);
  }
}

function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  if (text !== undefined && (!Number.isInteger(number) || number < 0 || number >= 2 ** 31))
    throw new StartError(usage);
  return text === undefined ? undefined : number;
}

/** One spec file after the other: each has its own number of cases, and both cores are busy with PostgreSQL as it is. */
async function run(
  spec: PropertySpec,
  seed: number,
  results: string,
  stopping: AbortSignal,
): Promise<Outcome> {
  const isWeb = spec.project === 'apps/agent-workbench';
  console.log(`\n> ${spec.file}: ${spec.cases} cases`);
  rmSync(results, { force: true });
  const started = performance.now();
  // Without a limit of time: a property has its own, or as much as its cases take.
  const flags = ['--runTestsByPath', path.join(root, spec.file), '--testTimeout=7200000', '--verbose=false'];
  const jest = spawn(
    path.join(root, 'node_modules/.bin/jest'),
    [...flags, '--json', `--outputFile=${results}`],
    {
      cwd: path.join(root, spec.project),
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        NODE_OPTIONS: isWeb ? '' : '--experimental-vm-modules --disable-warning=ExperimentalWarning',
        FUZZ_RUNS: String(spec.cases),
        FUZZ_SEED: String(seed),
      },
    },
  );
  stopping.addEventListener('abort', () => jest.kill());
  const [exitCode] = (await once(jest, 'exit')) as [number | null];
  const seconds = (performance.now() - started) / 1_000;
  const { passed, failed } = totalsOf(results);
  return { spec, passed, failed: exitCode === 0 ? failed : Math.max(1, failed), seconds };
}

/** Nothing when Jest did not come so far. */
function totalsOf(results: string): { passed: number; failed: number } {
  try {
    const totals = JSON.parse(readFileSync(results, 'utf8')) as Record<string, number>;
    return { passed: totals['numPassedTests'] ?? 0, failed: totals['numFailedTests'] ?? 0 };
  } catch {
    return { passed: 0, failed: 1 };
  }
}

function tableOf(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ spec, passed, failed, seconds }) =>
    [
      failed > 0 ? 'BROKEN' : 'ok    ',
      String(spec.cases).padStart(6),
      `${passed} passed, ${failed} failed`.padEnd(22),
      `${seconds.toFixed(0)} s`.padStart(7),
      spec.file,
    ].join('  '),
  );
  return [
    '',
    `        ${'cases'.padStart(6)}  ${'tests'.padEnd(22)}  ${'time'.padStart(7)}  spec`,
    ...rows,
  ].join('\n');
}
