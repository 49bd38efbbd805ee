import {
  maxResponseTimeMs,
  sourceMessageId,
  type Message,
  type SourceKey,
} from '@chat-history/message-store';
import type { CsvField } from './csv-record.mts';
import { kept, metadataOf, type Column } from './own-message.mts';
import type { PlainColumns } from './plain-columns.mts';
import { otherColumns, RowFault } from './row-fault.mts';
import { sourceTime } from './source-time.mts';
import { roleSynonyms, statusSynonyms, type Synonyms } from './synonyms.mts';
import type { TimeZone } from './time-zone.mts';

/** As PostgreSQL, MySQL and programs write nothing, when it is not quoted. */
const nulls = ['', 'NULL', 'null', '\\N'];

/** Makes messages of the rows of a plain table. */
export class PlainMessages {
  readonly #columns: PlainColumns;
  readonly #zone: TimeZone;
  readonly roles = roleSynonyms();
  readonly statuses = statusSynonyms();

  /** @param zone whose clocks the times without an offset were taken from. */
  constructor(columns: PlainColumns, zone: TimeZone) {
    this.#columns = columns;
    this.#zone = zone;
  }

  /** @param line where the row begins. @throws RowFault */
  messageOf(fields: readonly CsvField[], line: number): Message {
    if (fields.length !== this.#columns.width) throw otherColumns();
    const sessionName = this.#text(fields, 'session_name');
    const role = meaningOf(this.roles, 'role', this.#text(fields, 'role'));
    const content = this.#content(fields);
    const createdAt = this.#time(fields);
    const key = this.#key(fields, line, JSON.stringify([role, content]));
    return kept({
      sessionName,
      createdAt,
      // Nothing before 1970 is within any retention.
      id: sourceMessageId(new Date(Math.max(0, createdAt.getTime())), sessionName, key),
      role,
      content,
      responseTimeMs: durationOf(this.#textOrNull(fields, 'response_time_ms')),
      agentId: this.#textOrNull(fields, 'agent_id'),
      agentName: this.#textOrNull(fields, 'agent_name'),
      status: meaningOf(this.statuses, 'status', this.#textOrNull(fields, 'status') ?? 'complete'),
      metadata: metadataOf(this.#textOrNull(fields, 'metadata')),
    });
  }

  /** Its own number; where it has none, its line, which keeps the order of the file. */
  #key(fields: readonly CsvField[], line: number, said: string): SourceKey {
    const id = this.#textOrNull(fields, 'id');
    if (id === null) return { place: line, said };
    const number = numberOf(id);
    return number === undefined ? { place: line, textId: id } : { number };
  }

  #time(fields: readonly CsvField[]): Date {
    const time = sourceTime(this.#text(fields, 'created_at'), this.#zone);
    if (!time) throw new RowFault('created_at', 'is no time that is known');
    return time;
  }

  /** Most programs do not quote an empty text. */
  #content(fields: readonly CsvField[]): string {
    const { text, isQuoted } = this.#field(fields, 'content') ?? { text: '', isQuoted: false };
    if (text === '\\N' && !isQuoted) throw new RowFault('content', 'is missing');
    return text;
  }

  #text(fields: readonly CsvField[], column: Column): string {
    const text = this.#textOrNull(fields, column);
    if (text === null) throw new RowFault(column, 'is missing');
    return text;
  }

  /** Some programs quote every field: an empty one is nothing, quoted or not. */
  #textOrNull(fields: readonly CsvField[], column: Column): string | null {
    const field = this.#field(fields, column);
    if (!field || field.text === '') return null;
    return !field.isQuoted && nulls.includes(field.text) ? null : field.text;
  }

  #field(fields: readonly CsvField[], column: Column): { text: string; isQuoted: boolean } | undefined {
    const place = this.#columns.places.get(column);
    const field = place === undefined ? undefined : fields[place];
    if (!field) return undefined;
    if (field.text === null) throw new RowFault(column, 'is not UTF-8');
    return { text: field.text, isQuoted: field.isQuoted };
  }
}

function meaningOf<Value extends string>(synonyms: Synonyms<Value>, column: Column, name: string): Value {
  const meaning = synonyms.meaningOf(name);
  if (meaning === undefined) throw new RowFault(column, `is no ${column} that is known`);
  return meaning;
}

/** As a database writes a `bigint`: anything else has no order among numbers. */
function numberOf(id: string): bigint | undefined {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(id)) return undefined;
  const number = BigInt(id);
  return BigInt.asIntN(64, number) === number ? number : undefined;
}

function durationOf(text: string | null): number | null {
  if (text === null) return null;
  const duration = /^\d{1,10}(?:\.\d+)?$/.test(text) ? Math.round(Number(text)) : Infinity;
  if (duration > maxResponseTimeMs)
    throw new RowFault('response_time_ms', 'must be a number of milliseconds');
  return duration;
}
