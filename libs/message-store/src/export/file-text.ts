import { Transform } from 'node:stream';
import type { ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';

/** Rows go on together: each alone would cost a buffer and a write, half of what an export takes. */
const chunkCharacters = 32_768;

/**
 * Turns messages into the text of a file, in UTF-8.
 * @param onRow called with each message.
 * @param sendsEarly what came in one go goes out, however little it is, since the next row may be long in coming. Without
 * it the pieces are the same for the same messages.
 */
export function fileText(format: FileFormat, onRow: () => void, sendsEarly: boolean): Transform {
  let chunk = format.head;
  let sending: NodeJS.Immediate | undefined;
  const text = new Transform({
    writableObjectMode: true,
    transform(message: ExportedMessage, _encoding, done) {
      chunk += format.row(message);
      onRow();
      if (chunk.length >= chunkCharacters) send();
      else if (sendsEarly) sending ??= setImmediate(send);
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
    text.push(chunk);
    chunk = '';
  }
  return text;
}
