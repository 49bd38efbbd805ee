import type { z } from 'zod';

/** The environment does not do. The message names every bad variable and what it must be, never a value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads a service's whole configuration, once. An empty variable counts as one that is not set.
 * @returns a frozen object, typed by the schema.
 * @throws ConfigError naming all faults in one message.
 */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<z.infer<Schema>> {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = schema.safeParse(present);
  if (result.success) return Object.freeze(result.data);

  const faults = result.error.issues.map((issue) => {
    const name = issue.path.join('.') || 'the environment';
    return `  ${name} ${name in present ? issue.message : `is not set: it ${issue.message}`}`;
  });
  throw new ConfigError(
    `The service cannot start with this environment:\n${[...new Set(faults)].join('\n')}`,
  );
}
