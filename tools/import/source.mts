import type { Message } from '@chat-history/message-store';
import { UsageError } from '../command.mts';
import { csvRawMessage } from './csv-raw-message.mts';
import { cutCsvRow, type CsvField } from './csv-record.mts';
import { cutJsonLine } from './json-record.mts';
import { columns, ownMessage, type Column } from './own-message.mts';
import { plainColumns } from './plain-columns.mts';
import { PlainMessages } from './plain-message.mts';
import { RowFault } from './row-fault.mts';
import { sourceRecords, type SourceRecord } from './source-records.mts';
import type { TimeZone } from './time-zone.mts';

export const formats = ['csv-raw', 'jsonl', 'plain-csv'] as const;
export type Format = (typeof formats)[number];

export interface SourceOptions {
  readonly format: Format;
  /** Of `plain-csv`, as `timeZone`: which of the file's columns is which of ours, where the names do not tell. */
  readonly names: ReadonlyMap<Column, string>;
  readonly timeZone: TimeZone;
  /** Rows that begin before this line are passed over. */
  readonly fromLine: number;
}

/** The rows of a file, each a message or a fault, and in words how they were read. */
export interface Source {
  readonly rows: AsyncGenerator<SourceRecord<Message>>;
  /** For a person; whole when all rows were read. */
  notes(): string[];
}

/** @throws UsageError from `rows`, for a file that is not of the format. */
export function openSource(chunks: AsyncIterable<Buffer>, options: SourceOptions): Source {
  switch (options.format) {
    case 'jsonl': {
      const records = sourceRecords(chunks, cutJsonLine);
      return { rows: messagesOf(records, options.fromLine, ownMessage), notes: () => [] };
    }
    case 'csv-raw':
      return { rows: csvRawRows(sourceRecords(chunks, cutCsvRow), options.fromLine), notes: () => [] };
    case 'plain-csv':
      return plainSource(sourceRecords(chunks, cutCsvRow), options);
  }
}

async function* csvRawRows(records: AsyncGenerator<SourceRecord<CsvField[]>>, fromLine: number) {
  const header = await headerOf(records);
  if (header.map(({ text }) => text).join() !== columns.join()) {
    throw new UsageError(
      `the header of csv-raw must be ${columns.join()}. An export as csv, made for spreadsheets, cannot be imported`,
    );
  }
  yield* messagesOf(records, fromLine, csvRawMessage);
}

function plainSource(records: AsyncGenerator<SourceRecord<CsvField[]>>, options: SourceOptions): Source {
  const notes: string[] = [];
  let messages: PlainMessages | undefined;
  async function* rows() {
    const found = plainColumns(await headerOf(records), options.names);
    const reader = new PlainMessages(found, options.timeZone);
    messages = reader;
    notes.push(`columns: ${[...found.names].map(([column, name]) => `${name} → ${column}`).join(', ')}`);
    const unread = found.width - found.places.size;
    if (unread > 0) notes.push(`columns that are not read: ${unread}`);
    yield* messagesOf(records, options.fromLine, (fields, line) => reader.messageOf(fields, line));
  }
  return {
    rows: rows(),
    notes: () => {
      const used = { roles: messages?.roles.used ?? [], statuses: messages?.statuses.used ?? [] };
      const named = Object.entries(used).filter(([, synonyms]) => synonyms.length > 0);
      return [...notes, ...named.map(([what, synonyms]) => `${what}: ${synonyms.join(', ')}`)];
    },
  };
}

async function headerOf(records: AsyncGenerator<SourceRecord<CsvField[]>>): Promise<CsvField[]> {
  const first = await records.next();
  if (first.done) throw new UsageError('the file has no header row');
  const { value } = first.value;
  if (value instanceof RowFault) throw new UsageError(`the header row cannot be read: ${value.message}`);
  return value;
}

async function* messagesOf<Value>(
  records: AsyncGenerator<SourceRecord<Value>>,
  fromLine: number,
  messageOf: (value: Value, line: number) => Message,
): AsyncGenerator<SourceRecord<Message>> {
  for await (const { line, value } of records) {
    if (line >= fromLine)
      yield { line, value: value instanceof RowFault ? value : orFault(() => messageOf(value, line)) };
  }
}

function orFault(make: () => Message): Message | RowFault {
  try {
    return make();
  } catch (error) {
    if (error instanceof RowFault) return error;
    throw error;
  }
}
