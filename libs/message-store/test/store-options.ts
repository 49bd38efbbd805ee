import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MessageStoreOptions } from '../src/message-store.options.js';
import type { StoreLogger } from '../src/store-logger.js';

/** Keeps what was logged, for tests that ask what a person would have been told. */
export class RecordingLogger implements StoreLogger {
  readonly lines: { level: string; fields: object; message: string }[] = [];

  info(fields: object, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }
}

/** Without a `spoolDir` one is made, which the spec has to remove. */
export async function storeOptions(
  databaseUrl: string,
  overrides: Partial<MessageStoreOptions> = {},
): Promise<MessageStoreOptions> {
  const spoolDir = overrides.spoolDir ?? (await mkdtemp(path.join(tmpdir(), 'chat-history-spool-')));
  return {
    databaseUrl,
    retentionDays: 30,
    spoolDir,
    applicationName: 'spec',
    logger: new RecordingLogger(),
    ...overrides,
  };
}
