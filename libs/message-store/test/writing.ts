import { setTimeout as delay } from 'node:timers/promises';
import type { NewMessage } from '../src/message.js';
import type { TestDatabase } from '../src/testing.js';
import type { SavedMessage } from '../src/write/message-writer.js';

export function question(overrides: Partial<NewMessage> = {}): NewMessage {
  return { sessionName: 'session', role: 'user', content: 'hello', ...overrides };
}

/** What is in the database, in order. */
export async function kept(database: TestDatabase): Promise<{ id: string; content: string }[]> {
  return database.query('select id, content from chat_messages order by session_name, created_at, id');
}

/** Resolves when all are safe, with where each of them is. */
export async function allDurable(saved: readonly SavedMessage[]): Promise<string[]> {
  return Promise.all(saved.map(({ durable }) => durable));
}

/** Nothing is awaited but the condition; a spec's own timeout is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(10);
}
