import { Readable } from 'node:stream';
import fc from 'fast-check';
import { parseString } from 'fast-csv';
import { exportedColumns, type ExportedMessage } from './exported-message.js';
import type { FileFormat } from './file-format.js';
import { fileText } from './file-text.js';
import { jsonLinesFormat } from './json-lines-format.js';
import { rawCsvFormat } from './raw-csv-format.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

const storable = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((value) => value.toWellFormed().replaceAll('\0', '\ufffd'));
const tricky = fc
  .array(
    fc.constantFrom(
      ...[
        '"',
        '""',
        ',',
        '\r',
        '\n',
        '\r\n',
        '\t',
        ' ',
        '=',
        "'",
        '\\',
        '退',
        '😀',
        '\ufeff',
        '\u2028',
        'null',
        '1',
      ],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(storable, tricky);
const orNull = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });

const message: fc.Arbitrary<ExportedMessage> = fc.record({
  session_name: text,
  created_at: fc
    .date({ min: new Date('2000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((time) => time.toISOString()),
  id: fc.uuid(),
  role: fc.constantFrom('user', 'assistant', 'agent'),
  content: text,
  response_time_ms: orNull(fc.nat()),
  agent_id: orNull(text),
  agent_name: orNull(text),
  status: fc.constantFrom('complete', 'interrupted', 'failed'),
  // As PostgreSQL writes it, with numbers that JavaScript has not.
  metadata: orNull(
    fc.oneof(
      fc.json().map((json) => json.toWellFormed()),
      fc.constant('{"n": 12345678901234567890.10}'),
    ),
  ),
});
const messages = fc.array(message, { maxLength: 5 });

async function fileOf(format: FileFormat, rows: ExportedMessage[]): Promise<string> {
  const bytes = await Readable.from(rows)
    .pipe(fileText(format, () => undefined, true))
    .toArray();
  return Buffer.concat(bytes as Buffer[]).toString();
}

/** As RFC 4180 says; an empty field is null, `""` is empty text. */
function recordsOf(file: string): (string | null)[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const records: (string | null)[][] = [[]];
  let read = 0;
  for (const [all, quoted, plain = '', end] of file.matchAll(field)) {
    records.at(-1)?.push(quoted?.replaceAll('""', '"') ?? (plain === '' ? null : plain));
    if (end === '\r\n') records.push([]);
    read += all.length;
  }
  expect(read).toBe(file.length);
  return records.slice(0, -1);
}

const columns = [...exportedColumns, 'metadata'] as const;

function asRecord(row: ExportedMessage): (string | null)[] {
  return columns.map((column) => {
    const value = row[column];
    return value === null || value === undefined ? null : String(value);
  });
}

describe('a csv-raw file', () => {
  it('has a header and no byte order mark, nulls as nothing, empty text as quotes', async () => {
    const row: ExportedMessage = {
      session_name: 's',
      created_at: '2026-11-01T08:00:00.123Z',
      id: '019a3e0c-0000-7000-8000-000000000000',
      role: 'user',
      content: '=1+1',
      response_time_ms: null,
      agent_id: '',
      agent_name: null,
      status: 'complete',
      metadata: '{"a": 1}',
    };
    expect(await fileOf(rawCsvFormat(), [row])).toBe(
      `${columns.join(',')}\r\n` +
        's,2026-11-01T08:00:00.123Z,019a3e0c-0000-7000-8000-000000000000,user,"=1+1",,"",,complete,"{""a"": 1}"\r\n',
    );
  });

  it('gives every column of every message back', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (rows) => {
        const file = await fileOf(rawCsvFormat(), rows);
        expect(recordsOf(file)).toEqual([columns, ...rows.map(asRecord)]);
        // A library that knows nothing of ours; it does not tell null from empty text.
        const parsed: unknown[] = await parseString(file, { ignoreEmpty: false }).toArray();
        expect(parsed).toEqual([columns, ...rows.map((row) => asRecord(row).map((value) => value ?? ''))]);
      }),
      { numRuns },
    );
  });
});

describe('a jsonl file', () => {
  it('gives every column of every message back, a message a line', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (rows) => {
        const file = await fileOf(jsonLinesFormat(), rows);
        const lines = file.split('\n');
        expect(lines.pop()).toBe('');
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(
          rows.map((row) => ({ ...row, metadata: JSON.parse(row.metadata ?? 'null') as unknown })),
        );
        for (const [index, line] of lines.entries()) {
          expect(Object.keys(JSON.parse(line) as object)).toEqual(columns);
          expect(line.endsWith(`,"metadata":${rows[index]?.metadata ?? 'null'}}`)).toBe(true);
        }
      }),
      { numRuns },
    );
  });
});
