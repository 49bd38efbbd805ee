import type { Message } from '@chat-history/message-store';
import type { CsvField } from './csv-record.mts';
import { columns, metadataOf, ownMessage, type Column } from './own-message.mts';
import { otherColumns, RowFault } from './row-fault.mts';

/** The message of a row of `csv-raw`: an empty field is null, `""` is empty text. @throws RowFault */
export function csvRawMessage(fields: readonly CsvField[]): Message {
  if (fields.length !== columns.length) throw otherColumns();
  const row = Object.fromEntries(columns.map((column, at) => [column, valueOf(fields[at], column)]));
  return ownMessage({
    ...row,
    response_time_ms: numberOf(row['response_time_ms'] ?? null),
    metadata: metadataOf(row['metadata'] ?? null),
  });
}

function valueOf(field: CsvField | undefined, column: Column): string | null {
  if (field?.text == null) throw new RowFault(column, 'is not UTF-8');
  return field.text === '' && !field.isQuoted ? null : field.text;
}

/** What is no whole number is left as it is, to be found at fault. */
function numberOf(text: string | null): number | string | null {
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : text;
}
