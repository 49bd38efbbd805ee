import type { ExportFormat } from '@chat-history/http-contract';

/** Comma-separated, as RFC 4180 has it, lines of JSON, and text. */
const contentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  'csv-raw': 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  txt: 'text/plain; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
};

/** The headers of an export's file, which is to be saved. A compressed one is a file by itself, not a `Content-Encoding`. */
export function exportFileHeaders(
  { format, gzip }: { readonly format: ExportFormat; readonly gzip: boolean },
  madeAt: Date,
): { 'Content-Type': string; 'Content-Disposition': string } {
  const extension = format === 'csv-raw' ? 'csv' : format;
  const name = `chat-history-${madeAt.toISOString().slice(0, 10)}.${extension}${gzip ? '.gz' : ''}`;
  return {
    'Content-Type': gzip ? 'application/gzip' : contentTypes[format],
    'Content-Disposition': `attachment; filename="${name}"`,
  };
}
