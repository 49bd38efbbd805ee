import { parseArgs } from 'node:util';

export interface Command {
  /** One run, and then the process ends; otherwise it stays and runs on schedule. */
  readonly once: boolean;
  /** One run that only counts. */
  readonly dryRun: boolean;
  /** Lets this one run delete although the retention was shortened. */
  readonly confirmShortened: boolean;
}

/** A flag that there is not, or flags that do not go together; the message says which there are. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usage = `Usage: retention-worker [--once | --dry-run] [--confirm-shortened]
  (no flag)            stay, and delete expired messages on schedule
  --once               delete them now, print the receipt and end
  --dry-run            print what --once would delete, and end
  --confirm-shortened  with --once or --dry-run: the retention was shortened on purpose`;

/** @throws UsageError */
export function parseCommandLine(parameters: readonly string[]): Command {
  const flags = parseFlags(parameters);
  const dryRun = flags['dry-run'];
  const once = flags.once || dryRun;
  const confirmShortened = flags['confirm-shortened'];
  if (confirmShortened && !once) {
    throw new UsageError(`--confirm-shortened is for one run: give --once or --dry-run with it\n${usage}`);
  }
  return { once, dryRun, confirmShortened };
}

function parseFlags(parameters: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const;
  try {
    const options = { once: flag, 'dry-run': flag, 'confirm-shortened': flag };
    return parseArgs({ args: [...parameters], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'unknown flags'}\n${usage}`);
  }
}
