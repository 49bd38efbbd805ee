/**
 * `npm test`: lint, types, every spec against one PostgreSQL and the browser tests, whatever failed before. Its last
 * lines name what failed, and the last is `N passed, N failed`; it ends with 1 when a test or a step failed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { whenNpmIsGone } from './start/npm-gone.mts';
import { provideTestCluster } from './postgres/test-cluster.mts';
import { root } from './start/settings.mts';
import { chaosResultsFile, removeResults, resultsFile, testTotals } from './test/jest-results.mts';

const nx = ['nx', '--output-style=static'];
const jestFlags = (file = resultsFile) => ['--', '--json', `--outputFile=${file}`];
const runMany = (target: string, ...flags: string[]) => [...nx, 'run-many', '-t', target, ...flags];

const steps: readonly (readonly string[])[] = [
  // First: some specs run a service as it is deployed, and types come from what is built.
  runMany('build'),
  runMany('lint', '--parallel=2'),
  ['prettier', '--check', '--log-level=warn', '.'],
  runMany('typecheck', '--parallel=2', '--exclude-task-dependencies'),
  // Without the builds, which nx would lay anew while another project's spec runs them.
  runMany('test', '--parallel=2', '--exclude-task-dependencies', ...jestFlags()),
  [...nx, 'run', 'agent-workbench-e2e:e2e', '--exclude-task-dependencies', ...jestFlags()],
  // Alone: 100 turns a second on two services and a database keep two cores busy.
  [...nx, 'run', 'tools:chaos', '--exclude-task-dependencies', ...jestFlags(chaosResultsFile)],
];

let running: ReturnType<typeof spawn> | undefined;
let interrupted = false;
// A step ends by the same signal, and then the cluster is stopped as always.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
whenNpmIsGone(() => interrupt('SIGTERM'));

removeResults();
const endCluster = await provideTestCluster();
const failedSteps: string[] = [];
try {
  for (const step of steps) {
    if (interrupted) break;
    if (!(await succeeds(step))) failedSteps.push(step.join(' '));
  }
} finally {
  await endCluster();
}

const { passed, failed, failures } = testTotals();
removeResults();
// Again, for what was printed of them is thousands of lines above.
for (const failure of failures) console.log(`Failed: ${failure}`);
for (const step of failedSteps) console.log(`Failed: ${step}`);
if (interrupted) console.log('Interrupted');
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || failedSteps.length > 0 || interrupted ? 1 : 0);

function interrupt(signal: NodeJS.Signals): void {
  interrupted = true;
  running?.kill(signal);
}

async function succeeds([command, ...args]: readonly string[]): Promise<boolean> {
  const file = path.join(root, 'node_modules/.bin', command ?? '');
  console.log(`\n> ${[command, ...args].join(' ')}`);
  running = spawn(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, NX_TUI: 'false' } });
  const [exitCode] = (await once(running, 'exit')) as [number | null];
  return exitCode === 0;
}
