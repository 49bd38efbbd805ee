import { parseArgs } from 'node:util';
import { StartError } from '../start/run-to-end.mts';
import { ownSeed } from './data/data-set.mts';
import { dataSizes, type DataSize } from './data/data-size.mts';

/** What a run is asked to do. */
export interface Wishes {
  readonly size: DataSize;
  /** A hundred thousand messages and few rounds: within three minutes, with the data made. */
  readonly quick: boolean;
  /** Names of figures; every one if empty. */
  readonly only: readonly string[];
  /** Of the data set. */
  readonly seed: number;
  /** Where the outcome is written as JSON besides `.data/bench/results`, if anywhere. */
  readonly jsonFile: string | undefined;
  /** Runs what is built, without looking whether it is of today's sources. */
  readonly isBuilt: boolean;
}

const usage = `usage: npm run bench -- [--size ${Object.keys(dataSizes).join('|')}] [--quick] [--only figure,…] [--seed number] [--json file] [--built]
  --size   messages in the data set, 1M if left out; made the first time and kept under .data/bench (10M: 15 GB)
  --quick  100k and few rounds: within three minutes
  --only   figures by name, comma-separated; an unknown name lists them
  --seed   0 to 4294967295; another seed makes other data sets
  --json   also writes the outcome to a file
  --built  does not build first`;

/** @throws StartError with the usage. */
export function readArguments(args: string[]): Wishes {
  const values = parse(args);
  const quick = values.quick ?? false;
  const size = values.size ?? (quick ? '100k' : '1M');
  const seed = Number(values.seed ?? ownSeed);
  if (
    !isDataSize(size) ||
    (quick && size !== '100k') ||
    !Number.isInteger(seed) ||
    seed < 0 ||
    seed >= 2 ** 32
  ) {
    throw new StartError(usage);
  }
  return {
    size,
    quick,
    only: values.only?.split(',').filter((name) => name !== '') ?? [],
    seed,
    jsonFile: values.json,
    isBuilt: values.built ?? false,
  };
}

function isDataSize(text: string): text is DataSize {
  return Object.hasOwn(dataSizes, text);
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        size: { type: 'string' },
        quick: { type: 'boolean' },
        only: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        built: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : 'wrong arguments'}\n${usage}`);
  }
}
