import { pipeline, type Readable } from 'node:stream';
import { csvFormat } from './csv-format.js';
import type { MessageStream } from './message-stream.js';
import type { MessageFilter } from '../read/message-filter.js';

/** Messages as a CSV file. */
export class MessageCsvExport {
  readonly #messages: MessageStream;

  constructor(messages: MessageStream) {
    this.#messages = messages;
  }

  /**
   * @param signal aborted when nobody wants the file any more: ends the query at once.
   * @returns the file's bytes. The stream fails when the file cannot be finished; whoever sends it on must then break
   * off visibly, because a part of a file looks like a whole one.
   * @throws TooManyExportsError StoreUnavailableError ReadTimeoutError before the first byte.
   */
  async open(filter: MessageFilter, signal: AbortSignal): Promise<Readable> {
    const messages = await this.#messages.open(filter, signal);
    // An error reaches the reader through the returned stream, which the pipeline destroys with it.
    return pipeline(messages, csvFormat(), () => undefined);
  }
}
