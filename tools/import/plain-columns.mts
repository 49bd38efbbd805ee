import { UsageError } from '../command.mts';
import type { CsvField } from './csv-record.mts';
import { columns, type Column } from './own-message.mts';

/** What other systems call our columns; where a header has several of them, the first counts. */
const aliases: Readonly<Record<Column, readonly string[]>> = {
  session_name: ['session_name', 'session_id', 'session', 'conversation_id', 'conversation', 'chat_id', 'thread_id'],
  created_at: ['created_at', 'timestamp', 'created', 'created_time', 'sent_at', 'datetime', 'time', 'date'],
  id: ['id', 'message_id'],
  role: ['role', 'sender', 'sender_type', 'sender_role', 'author', 'author_type'],
  content: ['content', 'message', 'text', 'body', 'message_text'],
  response_time_ms: ['response_time_ms', 'latency_ms'],
  agent_id: ['agent_id', 'operator_id'],
  agent_name: ['agent_name', 'operator_name'],
  status: ['status'],
  metadata: ['metadata', 'meta'],
}; // prettier-ignore

const required: readonly Column[] = ['session_name', 'created_at', 'role', 'content'];

/** Where in a row each of our columns stands, as far as the file has it. */
export interface PlainColumns {
  /** How many columns a row has. */
  readonly width: number;
  readonly places: ReadonlyMap<Column, number>;
  /** By which names they were found. */
  readonly names: ReadonlyMap<Column, string>;
}

/**
 * Finds our columns in the header of a table, whatever their order; `createdAt` and `Created At` are `created_at`, too.
 * @param wished names from `--map`, by our column.
 * @throws UsageError for a column that is missing or there twice. It shows none of the header, which may be a message.
 */
export function plainColumns(header: readonly CsvField[], wished: ReadonlyMap<Column, string>): PlainColumns {
  const names = header.map(({ text }) => snakeCase(text ?? ''));
  const found = new Map<Column, string>();
  for (const column of columns) {
    const wish = wished.get(column);
    const name = (wish === undefined ? aliases[column] : [snakeCase(wish)]).find((alias) =>
      names.includes(alias),
    );
    if (name !== undefined) found.set(column, name);
    else if (wish !== undefined) throw new UsageError(`the file has no column ${wish}`);
    else if (required.includes(column)) throw new UsageError(missing(column));
  }
  for (const name of found.values()) {
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new UsageError(`the file has two columns ${name}`);
  }
  const places = new Map([...found].map(([column, name]) => [column, names.indexOf(name)]));
  return { width: names.length, places, names: found };
}

function missing(column: Column): string {
  return `the file has no column for ${column} (${aliases[column].join(', ')}): name it by --map ${column}=…`;
}

function snakeCase(name: string): string {
  return name
    .trim()
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();
}
