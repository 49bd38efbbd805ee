import type { ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';

/**
 * A JSON object a line, named as the columns: lossless. `metadata` is the value as PostgreSQL writes it, whose numbers may
 * be larger and more exact than those of JavaScript.
 */
export function jsonLinesFormat(): FileFormat {
  return {
    head: '',
    row({ metadata, ...message }: ExportedMessage): string {
      return `${JSON.stringify(message).slice(0, -1)},"metadata":${metadata ?? 'null'}}\n`;
    },
  };
}
