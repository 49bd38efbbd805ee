import type { Transform } from 'node:stream';
import { format } from 'fast-csv';
import { inertCell } from './csv-cell.js';
import type { ExportedMessage } from './message-stream.js';

const columns = [
  'session_name',
  'created_at',
  'id',
  'role',
  'content',
  'response_time_ms',
  'agent_id',
  'agent_name',
  'status',
] as const satisfies readonly (keyof ExportedMessage)[];

/** Excel reads a file without it in the machine's own 8-bit code page. */
const byteOrderMark = '\ufeff';

/**
 * Turns messages into a CSV file (RFC 4180): UTF-8 with a byte order mark, CRLF, a header row, also when no message
 * follows. Null is an empty field, empty text is `""`; times are ISO 8601 UTC.
 */
export function csvFormat(): Transform {
  return format<ExportedMessage, unknown[]>({
    // Part of the header, because fast-csv writes a mark of its own only ahead of a first message.
    headers: columns.map((column, at) => (at === 0 ? `${byteOrderMark}${column}` : column)),
    alwaysWriteHeaders: true,
    quoteColumns: columns.map((column) => column === 'content'),
    quoteHeaders: false,
    rowDelimiter: '\r\n',
    includeEndRowDelimiter: true,
    transform: (message: ExportedMessage) => columns.map((column) => cellOf(message[column])),
  });
}

function cellOf(value: ExportedMessage[keyof ExportedMessage]): string | number | null {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? inertCell(value) : value;
}
