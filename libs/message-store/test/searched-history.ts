import type { Database } from '../src/database.js';
import type { Message } from '../src/message.js';
import { MessageSearch } from '../src/read/message-search.js';
import { createTestDatabase } from '../src/testing.js';
import { openDatabase, write } from './history.js';
import { StoppedClock } from './stopped-clock.js';

/** A database whose messages a spec sets, and the search over them as it is on 20 November 2026 at noon. */
export interface SearchedHistory {
  readonly database: Database;
  readonly search: MessageSearch;
  /** The history is these messages and no others. */
  keepOnly(messages: readonly Message[]): Promise<void>;
  drop(): Promise<void>;
}

export const searchedAt = new Date('2026-11-20T12:00:00Z');

export async function createSearchedHistory(): Promise<SearchedHistory> {
  const test = await createTestDatabase();
  const database = openDatabase(test.url);
  return {
    database,
    search: new MessageSearch(database, new StoppedClock(searchedAt)),
    async keepOnly(messages) {
      await test.query('truncate chat_messages, chat_sessions');
      await write(database, messages);
    },
    async drop() {
      await database.close();
      await test.drop();
    },
  };
}
