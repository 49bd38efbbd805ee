/** A command was called wrongly; shown with its usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Runs a command line tool to its end: exit code 0, 1 for a failure (one message, no stack), 2 for wrong usage. */
export async function runCommand(usage: string, work: (args: string[]) => Promise<void>): Promise<void> {
  try {
    await work(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? messageOf(error) : error);
    if (error instanceof UsageError) console.error(usage);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** A connection that is refused comes as an AggregateError, whose own message is empty. */
function messageOf(error: Error): string {
  return error.message || (error as NodeJS.ErrnoException).code || error.name;
}
