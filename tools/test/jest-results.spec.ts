import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeResults, testTotals } from './jest-results.mts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chat-history-results-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function wrote(project: string, results: object): Promise<void> {
  await mkdir(path.join(folder, project), { recursive: true });
  await writeFile(path.join(folder, project, 'jest-results.json'), JSON.stringify(results));
}

it('the totals of all projects name each test that failed by its file, and a file that could not be read', async () => {
  const none = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0, testResults: [] };
  await wrote('libs/one', {
    ...none,
    numPassedTests: 2,
    numFailedTests: 1,
    testResults: [
      {
        name: path.join(folder, 'libs/one/a.spec.ts'),
        status: 'failed',
        assertionResults: [
          { status: 'passed', fullName: 'a works' },
          { status: 'failed', fullName: 'a breaks' },
        ],
      },
      {
        name: path.join(folder, 'libs/one/b.spec.ts'),
        status: 'passed',
        assertionResults: [{ status: 'passed', fullName: 'b works' }],
      },
    ],
  });
  await wrote('tools/chaos', {
    ...none,
    numRuntimeErrorTestSuites: 1,
    testResults: [{ name: path.join(folder, 'tools/chaos/c.ts'), status: 'failed', assertionResults: [] }],
  });

  expect(testTotals(folder)).toEqual({
    passed: 2,
    failed: 2,
    failures: ['libs/one/a.spec.ts: a breaks', 'tools/chaos/c.ts'],
  });
  removeResults(folder);
  expect(testTotals(folder)).toEqual({ passed: 0, failed: 0, failures: [] });
  expect(await readdir(path.join(folder, 'libs/one'))).toEqual([]);
});
