import { Transform } from 'node:stream';
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

const rowEnd = '\r\n';
const header = `${byteOrderMark}${columns.join(',')}${rowEnd}`;

/** Rows go on together: each alone would cost a buffer and a write, half of what an export takes. */
const maxChunkCharacters = 32_768;

/**
 * Turns messages into a CSV file (RFC 4180): UTF-8 with a byte order mark, CRLF, a header row, also when no message
 * follows. Null is an empty field, empty text is `""`; times are ISO 8601 UTC.
 *
 * Not by a library: fast-csv took twice as long as the whole of this export takes now. It reads the files in the specs.
 */
export function csvFormat(): Transform {
  let chunk = header;
  let sending: NodeJS.Immediate | undefined;
  const file = new Transform({
    writableObjectMode: true,
    transform(message: ExportedMessage, _encoding, done) {
      chunk += rowOf(message);
      if (chunk.length >= maxChunkCharacters) send();
      // What came in one go goes out, however little it is: the next row may be long in coming.
      else sending ??= setImmediate(send);
      done();
    },
    flush(done) {
      send();
      done();
    },
    destroy(error, done) {
      clearImmediate(sending);
      done(error);
    },
  });
  function send(): void {
    clearImmediate(sending);
    sending = undefined;
    file.push(chunk);
    chunk = '';
  }
  return file;
}

function rowOf(message: ExportedMessage): string {
  let row = textCell(message.session_name);
  row += `,${message.created_at.toISOString()},${message.id},${message.role},`;
  row += `${quoted(inertCell(message.content))},${message.response_time_ms ?? ''},`;
  row += `${textCell(message.agent_id)},${textCell(message.agent_name)},${message.status}`;
  return row + rowEnd;
}

/** Quoted also for a space at an end, which some readers take off (fast-csv's does). */
function textCell(text: string | null): string {
  if (text === null) return '';
  const inert = inertCell(text);
  return inert === '' || /[",\r\n]|^\s|\s$/.test(inert) ? quoted(inert) : inert;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
