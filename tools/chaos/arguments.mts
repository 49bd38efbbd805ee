import { parseArgs } from 'node:util';
import { StartError } from '../start/run-to-end.mts';

/** What a run is asked to do. */
export interface Wishes {
  /** About a minute, with at least one of each kind of fault. */
  readonly isShort: boolean;
  /** Names of scenarios; every one if empty. */
  readonly only: readonly string[];
  /** The same seed breaks things in the same order and sends the same texts. */
  readonly seed: number;
  /** Where the outcome is written as JSON, if anywhere. */
  readonly jsonFile: string | undefined;
  /** Runs what is built, without looking whether it is of today's sources. */
  readonly isBuilt: boolean;
  /** Leaves the folder of database, spools and logs in place, and says where it is. */
  readonly keepsFolder: boolean;
}

const usage = `usage: npm run chaos -- [--short] [--only name,…] [--seed number] [--json file] [--built] [--keep]
  --short  about a minute: at least one of each kind of fault
  --only   scenarios by name, comma-separated; an unknown name lists them
  --seed   0 to 4294967295; printed at the start of every run
  --json   also writes the outcome to a file
  --built  does not build first
  --keep   leaves database, spools and logs in their folder`;

/** @throws StartError with the usage. */
export function readArguments(args: string[]): Wishes {
  const values = parse(args);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32));
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) throw new StartError(usage);
  return {
    isShort: values.short ?? false,
    only: values.only?.split(',').filter((name) => name !== '') ?? [],
    seed,
    jsonFile: values.json,
    isBuilt: values.built ?? false,
    keepsFolder: values.keep ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        short: { type: 'boolean' },
        only: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        built: { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : 'wrong arguments'}\n${usage}`);
  }
}
