/** How many causes of an error are logged; deeper ones are cut. */
const maxCauses = 5;

/**
 * An error as it may be logged. PostgreSQL puts values of rows into `message`, `detail` and `where`, and drivers add
 * the statement and its parameters: of such an error only its code and the names it carries are kept, because a
 * customer's text must not reach a log.
 */
export function safeError(error: unknown, depth = 0): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, cause } = error as { code?: unknown; cause?: unknown };
  return {
    type: error.name,
    ...(typeof code === 'string' && { code }),
    ...(isFromDatabase(error)
      ? { ...namesOf(error), stack: framesOf(error) }
      : { message: error.message, stack: error.stack }),
    ...(cause !== undefined && depth < maxCauses && { cause: safeError(cause, depth + 1) }),
  };
}

function isFromDatabase(error: Error): boolean {
  return 'severity' in error || 'driverError' in error || 'parameters' in error;
}

function namesOf(error: Error): object {
  const fields = error as { table?: unknown; constraint?: unknown; routine?: unknown; driverError?: unknown };
  return {
    table: fields.table,
    constraint: fields.constraint,
    routine: fields.routine,
    ...(fields.driverError instanceof Error && { cause: safeError(fields.driverError, maxCauses) }),
  };
}

function framesOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
