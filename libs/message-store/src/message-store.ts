import { Agents } from './agents/agents.js';
import { Database } from './database.js';
import { MessageCsvExport } from './export/message-csv-export.js';
import { MessageStream } from './export/message-stream.js';
import {
  closeTimeoutMs,
  drainTimeoutMs,
  readerPool,
  type MessageStoreOptions,
} from './message-store.options.js';
import { MessageSearch } from './read/message-search.js';
import { MessageStatistics } from './read/message-statistics.js';
import { SessionList } from './read/session-list.js';
import { Transcript } from './read/transcript.js';
import { RetentionClock } from './retention/retention-clock.js';
import { openTurnLedger } from './turns/open-turn-ledger.js';
import type { TurnLedger } from './turns/turn-ledger.js';
import type { MessageWriter } from './write/message-writer.js';
import { openMessageWriter } from './write/open-message-writer.js';
import { within } from './write/within.js';

/** Everything that can be asked of the history, over a pool each for readers, the writer and turns. */
export interface MessageStore {
  readonly writer: MessageWriter;
  readonly sessionList: SessionList;
  readonly transcript: Transcript;
  readonly search: MessageSearch;
  readonly statistics: MessageStatistics;
  readonly csvExport: MessageCsvExport;
  readonly agents: Agents;
  readonly turnLedger: TurnLedger;
  /** Resolves when PostgreSQL answers. @throws StoreUnavailableError */
  ping(): Promise<void>;
  /** Drains the writer, then ends every connection that ends. */
  close(): Promise<void>;
}

/** Puts the store together. Nothing connects before it is first asked, so this succeeds without a database. */
export function openMessageStore(options: MessageStoreOptions): MessageStore {
  const { databaseUrl: url, applicationName, logger } = options;
  const readers = new Database({ url, applicationName: `${applicationName} reader`, logger, ...readerPool });
  const clock = new RetentionClock(options.retentionDays);
  const exports = new MessageStream({ url, applicationName: `${applicationName} export` }, clock);
  const { writer, database: writers } = openMessageWriter(options);
  const turns = openTurnLedger(options, readers, clock);
  return {
    writer,
    sessionList: new SessionList(readers, clock),
    transcript: new Transcript(readers, clock),
    search: new MessageSearch(readers, clock),
    statistics: new MessageStatistics(readers, clock),
    csvExport: new MessageCsvExport(exports),
    agents: new Agents(readers),
    turnLedger: turns.turnLedger,
    ping: () => readers.ping(),
    async close() {
      await writer.drain(drainTimeoutMs);
      const ended = Promise.all([readers.close(), writers.close(), turns.close()]);
      await within(closeTimeoutMs, ended).catch(() =>
        logger.warn({}, 'a database connection did not end in time'),
      );
    },
  };
}
