import { inertCell } from './csv-cell.js';
import { cutCell } from './cut-cell.js';
import { exportedColumns, type ExportedMessage } from './exported-message.js';
import type { CellFigures, FileFormat } from './file-format.js';
import { zonedTime } from './zoned-time.js';

/** Excel reads a file without it in the machine's own 8-bit code page. */
const byteOrderMark = '\ufeff';

export const rowEnd = '\r\n';

/**
 * A CSV file (RFC 4180) for a spreadsheet: UTF-8 with a byte order mark, CRLF, a header row, each cell inert text. Null is
 * an empty field, empty text is `""`.
 *
 * Not by a library: fast-csv took twice as long as the whole of this export takes now. It reads the files in the specs.
 * @param figures counts on while the file is written.
 */
export function csvFormat(timeZone: string, figures: CellFigures): FileFormat {
  const timeOf = zonedTime(timeZone);
  const inert = (text: string) => {
    const cell = inertCell(text);
    if (cell !== text) figures.inertCells++;
    const held = cutCell(cell);
    if (held !== cell) figures.cutCells++;
    return held;
  };
  /** What is read as a value whatever it is. */
  const value = (text: string) => {
    figures.inertCells++;
    return `'${text}`;
  };
  const field = (text: string | null) => (text === null ? '' : fieldOf(inert(text)));
  return {
    head: `${byteOrderMark}${exportedColumns.join(',')}${rowEnd}`,
    row(message: ExportedMessage): string {
      const milliseconds = message.response_time_ms;
      let row = `${field(message.session_name)},${value(timeOf(message.created_at))},${message.id},`;
      row += `${message.role},${quoted(inert(message.content))},`;
      row += `${milliseconds === null ? '' : value(String(milliseconds))},`;
      row += `${field(message.agent_id)},${field(message.agent_name)},${message.status}`;
      return row + rowEnd;
    },
  };
}

/** Quoted also for a space at an end, which some readers take off (fast-csv's does). */
export function fieldOf(text: string): string {
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? quoted(text) : text;
}

export function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
