/** What an error says, for a line of the log; what else can be thrown says nothing. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}
