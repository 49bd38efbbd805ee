import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../start/run-to-end.mts';

/** A spec file with properties. */
export interface PropertySpec {
  /** From the repository's root. */
  readonly file: string;
  /** The folder that its Jest configuration stands in. */
  readonly project: string;
  readonly cases: number;
}

const usualCases = 10_000;

/** Where a case is the work of many milliseconds; of queries over HTTP and of files read back as many as are promised. */
const otherCases: Readonly<Record<string, number>> = {
  'any-query.http.spec.ts': 5_000,
  'durability.pg.spec.ts': 2_000,
  'machine-formats.spec.ts': 5_000,
  'message-search-order.pg.spec.ts': 1_000,
  'message-writer.pg.spec.ts': 2_000,
  'round-trip.pg.spec.ts': 5_000,
  'search-windows.spec.ts': 2_000,
  'session-list.pg.spec.ts': 1_000,
  'spool.spec.ts': 2_000,
  'statistics-recount.pg.spec.ts': 2_000,
  'turn-ledger.pg.spec.ts': 1_000,
};

/**
 * Every spec that takes its number of cases from FUZZ_RUNS, so that none is forgotten.
 * @param only parts of file names; none for every spec.
 * @throws StartError when a part is in no name.
 */
export function propertySpecs(root: string, only: readonly string[]): PropertySpec[] {
  const specs = globSync(['{apps,libs}/*/src/**/*.spec.ts', 'tools/**/*.spec.ts'], { cwd: root })
    .filter((file) => !file.includes('node_modules'))
    .filter((file) => readFileSync(path.join(root, file), 'utf8').includes('FUZZ_RUNS'))
    .sort();
  const unknown = only.find((part) => !specs.some((file) => file.includes(part)));
  if (unknown !== undefined)
    throw new StartError(`no property is in ${unknown}; there are:\n${specs.join('\n')}`);
  return specs
    .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
    .map((file) => ({
      file,
      project: file.startsWith('tools/') ? 'tools' : file.split('/').slice(0, 2).join('/'),
      cases: otherCases[path.basename(file)] ?? usualCases,
    }));
}
