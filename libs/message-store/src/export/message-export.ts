import { pipeline, type Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { MessageFilter } from '../read/message-filter.js';
import { csvFormat } from './csv-format.js';
import type { ExportBounds } from './export-bounds.js';
import type { CellFigures, FileFormat } from './file-format.js';
import { fileText } from './file-text.js';
import { jsonLinesFormat } from './json-lines-format.js';
import type { MessageStream } from './message-stream.js';
import { rawCsvFormat } from './raw-csv-format.js';
import { markdownTranscript, textTranscript } from './transcript-format.js';

/** How a file is written. */
export interface ExportShape {
  /**
   * `csv`: for a spreadsheet, each cell inert text; `csv-raw`: nothing altered; `jsonl`: a message a line, lossless; `txt`
   * and `md`: one session for people to read.
   */
  readonly format: 'csv' | 'csv-raw' | 'jsonl' | 'txt' | 'md';
  /** By `(created_at, id)`, or session by session and in that order within each. */
  readonly order: 'time' | 'session';
  /** An IANA name: of the times in `csv`, `txt` and `md`; the others have UTC. */
  readonly timeZone: string;
  readonly gzip: boolean;
}

export interface ExportRequest extends ExportShape {
  /** With `sessionName` for `txt` and `md`. */
  readonly filter: MessageFilter;
}

/** What was written so far. */
export interface ExportFigures extends Readonly<CellFigures> {
  readonly rows: number;
}

export interface ExportFile {
  /**
   * The file's bytes: the same for the same messages. It fails when the file cannot be finished; whoever sends it on must
   * then break off visibly, because a part of a file looks like a whole one.
   */
  readonly stream: Readable;
  /** By PostgreSQL's clock: what was committed before is in the file. */
  readonly snapshotAt: Date;
  /** How many messages the file will have, counted in the same snapshot. */
  readonly rowsTotal: number;
  /** So far; they are the file's when the stream has ended. */
  figures(): ExportFigures;
}

/** Messages as a file. */
export class MessageExport {
  readonly #messages: MessageStream;

  constructor(messages: MessageStream) {
    this.#messages = messages;
  }

  /**
   * @param signal aborted when nobody wants the file any more: ends the query at once.
   * @throws TooManyExportsError TooManyRowsError ExportTimeoutError StoreUnavailableError ReadTimeoutError before the
   * first byte.
   */
  async open(request: ExportRequest, signal: AbortSignal, bounds: ExportBounds): Promise<ExportFile> {
    const { filter, order, format, gzip } = request;
    const selection = { filter, order, withMetadata: format === 'csv-raw' || format === 'jsonl' };
    const { messages, snapshotAt, rowsTotal } = await this.#messages.open(selection, signal, bounds);
    const cells: CellFigures = { cutCells: 0, inertCells: 0 };
    let rows = 0;
    // What is compressed depends on where its input was divided.
    const text = fileText(formatOf(request, cells), () => rows++, !gzip);
    // An error reaches the reader through the returned stream, which the pipeline destroys with it.
    const stream = gzip
      ? pipeline(messages, text, createGzip(), () => undefined)
      : pipeline(messages, text, () => undefined);
    return { stream, snapshotAt, rowsTotal, figures: () => ({ rows, ...cells }) };
  }
}

function formatOf({ format, filter, timeZone }: ExportRequest, cells: CellFigures): FileFormat {
  const { sessionName = '', from, to } = filter;
  switch (format) {
    case 'csv':
      return csvFormat(timeZone, cells);
    case 'csv-raw':
      return rawCsvFormat();
    case 'jsonl':
      return jsonLinesFormat();
    case 'txt':
      return textTranscript({ sessionName, timeZone, from, to });
    case 'md':
      return markdownTranscript({ sessionName, timeZone, from, to });
  }
}
