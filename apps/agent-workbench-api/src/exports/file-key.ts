import type { ExportAttempt } from '@chat-history/message-store';

/**
 * Where an attempt's file is stored. Each has its own: a process that was taken for dead and goes on writing never
 * touches the file of the attempt that followed.
 */
export function fileKeyOf({ id, attempt }: ExportAttempt): string {
  return `${id}.${attempt}`;
}

/** The attempt whose file it is; undefined for a name that is none of ours. */
export function attemptOf(key: string): ExportAttempt | undefined {
  const [, id, attempt] = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(\d{1,6})$/.exec(key) ?? [];
  return id === undefined ? undefined : { id, attempt: Number(attempt) };
}
