import { fieldOf, quoted, rowEnd } from './csv-format.js';
import { exportedColumns, type ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';

/**
 * A CSV file (RFC 4180) for programs: UTF-8 without a byte order mark, CRLF, a header row, nothing altered. Null is an
 * empty field, empty text is `""`; `metadata` is JSON.
 */
export function rawCsvFormat(): FileFormat {
  const field = (text: string | null | undefined) =>
    text === null || text === undefined ? '' : fieldOf(text);
  return {
    head: `${exportedColumns.join(',')},metadata${rowEnd}`,
    row(message: ExportedMessage): string {
      let row = `${fieldOf(message.session_name)},${message.created_at},${message.id},${message.role},`;
      row += `${quoted(message.content)},${message.response_time_ms ?? ''},`;
      row += `${field(message.agent_id)},${field(message.agent_name)},${message.status},${field(message.metadata)}`;
      return row + rowEnd;
    },
  };
}
