import type { TestDatabase } from '@chat-history/message-store/testing';

interface ExportedRow {
  readonly session_name: string;
  readonly created_at: string;
  readonly id: string;
  readonly role: string;
  readonly content: string;
  readonly response_time_ms: number | null;
  readonly agent_id: string | null;
  readonly agent_name: string | null;
  readonly status: string;
  readonly metadata: string | null;
}

/** All messages of a database as an export writes them, by `(created_at, id)`. */
export async function exported(database: TestDatabase, format: 'csv-raw' | 'jsonl'): Promise<Buffer> {
  const rows = await database.query<ExportedRow>(
    `select session_name, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created_at, id,
            role, content, response_time_ms, agent_id, agent_name, status, metadata::text as metadata
     from chat_messages order by chat_messages.created_at, id`,
  );
  return Buffer.from(format === 'jsonl' ? rows.map(jsonLine).join('') : rawCsv(rows));
}

function jsonLine({ metadata, ...row }: ExportedRow): string {
  return `${JSON.stringify(row).slice(0, -1)},"metadata":${metadata ?? 'null'}}\n`;
}

function rawCsv(rows: readonly ExportedRow[]): string {
  const header =
    'session_name,created_at,id,role,content,response_time_ms,agent_id,agent_name,status,metadata\r\n';
  return header + rows.map((row) => `${Object.values(row).map(field).join()}\r\n`).join('');
}

function field(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
