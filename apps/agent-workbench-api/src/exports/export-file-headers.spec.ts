import { exportFileHeaders } from './export-file-headers.js';

const madeAt = new Date('2026-11-28T23:59:59.999Z');

it.each([
  ['csv', false, 'text/csv; charset=utf-8', 'chat-history-2026-11-28.csv'],
  ['csv-raw', false, 'text/csv; charset=utf-8', 'chat-history-2026-11-28.csv'],
  ['jsonl', false, 'application/x-ndjson', 'chat-history-2026-11-28.jsonl'],
  ['txt', false, 'text/plain; charset=utf-8', 'chat-history-2026-11-28.txt'],
  ['md', false, 'text/markdown; charset=utf-8', 'chat-history-2026-11-28.md'],
  ['csv', true, 'application/gzip', 'chat-history-2026-11-28.csv.gz'],
  ['jsonl', true, 'application/gzip', 'chat-history-2026-11-28.jsonl.gz'],
] as const)('a file of %s, compressed: %s, is %s and named %s', (format, gzip, type, name) => {
  expect(exportFileHeaders({ format, gzip }, madeAt)).toEqual({
    'Content-Type': type,
    'Content-Disposition': `attachment; filename="${name}"`,
  });
});
