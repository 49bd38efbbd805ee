import { globSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from '../start/settings.mts';

/** Beside each project's package.json, written by Jest. */
export const resultsFile = 'jest-results.json';
/** The same of the chaos runs, below `tools`. */
export const chaosResultsFile = `chaos/${resultsFile}`;

export interface TestTotals {
  readonly passed: number;
  readonly failed: number;
  /** A line for each that failed, its file and its name; by file. */
  readonly failures: readonly string[];
}

/** What of Jest's output file is read here. */
interface JestResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export function removeResults(folder = root): void {
  for (const file of resultFiles(folder)) rmSync(file);
}

/** Adds up what the projects' tests have written. A file whose tests could not even be read counts as one that failed. */
export function testTotals(folder = root): TestTotals {
  const all = resultFiles(folder).map((file) => JSON.parse(readFileSync(file, 'utf8')) as JestResults);
  const sum = (count: (results: JestResults) => number) => all.reduce((total, one) => total + count(one), 0);
  return {
    passed: sum((results) => results.numPassedTests),
    failed: sum((results) => results.numFailedTests + results.numRuntimeErrorTestSuites),
    failures: all.flatMap((results) => failuresOf(results, folder)).sort(),
  };
}

function failuresOf({ testResults }: JestResults, folder: string): string[] {
  return testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const file = path.relative(folder, name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      return failed.length === 0 ? [file] : failed.map(({ fullName }) => `${file}: ${fullName}`);
    });
}

function resultFiles(folder: string): string[] {
  const everyResult = [`{apps,libs}/*/${resultsFile}`, `tools/${resultsFile}`, `tools/${chaosResultsFile}`];
  return globSync(everyResult, { cwd: folder }).map((file) => path.join(folder, file));
}
