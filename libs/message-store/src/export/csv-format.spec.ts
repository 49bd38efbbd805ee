import { Readable } from 'node:stream';
import fc from 'fast-check';
import { parseString } from 'fast-csv';
import { inertCell } from './csv-cell.js';
import { csvFormat } from './csv-format.js';
import { cutCell } from './cut-cell.js';
import type { ExportedMessage } from './exported-message.js';
import type { CellFigures } from './file-format.js';
import { fileText } from './file-text.js';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
const header = 'session_name,created_at,id,role,content,response_time_ms,agent_id,agent_name,status';

const message: ExportedMessage = {
  session_name: 'session',
  created_at: '2026-11-01T08:00:00.123Z',
  id: '019a3e0c-0000-7000-8000-000000000000',
  role: 'assistant',
  content: 'hello',
  response_time_ms: 1200,
  agent_id: null,
  agent_name: null,
  status: 'complete',
};

async function fileOf(messages: ExportedMessage[], figures: CellFigures = noFigures()): Promise<string> {
  // Not `text`, which swallows a byte order mark.
  const text = fileText(csvFormat('UTC', figures), () => undefined, true);
  return Buffer.concat(await Readable.from(messages).pipe(text).toArray()).toString();
}

function noFigures(): CellFigures {
  return { cutCells: 0, inertCells: 0 };
}

/** Reads a file as a library does that knows nothing of ours. */
async function rowsByLibrary(file: string): Promise<string[][]> {
  return (await parseString(file, { ignoreEmpty: false }).toArray()) as string[][];
}

/** Reads a file as RFC 4180 says, strictly. */
function rowsOf(file: string): string[][] {
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  const rows: string[][] = [[]];
  let read = 0;
  for (const [all, quoted, plain = '', end] of file.matchAll(field)) {
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '\r\n') rows.push([]);
    read += all.length;
  }
  expect(read).toBe(file.length);
  return rows.slice(0, -1);
}

/** What a well-formed text of the store can be: no NUL. */
const storable = fc
  .string({ unit: 'binary' })
  .map((value) => value.toWellFormed().replaceAll('\0', '\ufffd'));
const tricky = fc
  .array(fc.constantFrom('"', ',', ';', '\r', '\n', '\r\n', '\t', '=', '＝', ' ', "'", '退', '😀', '\ufeff'))
  .map((parts) => parts.join(''));
const anyText = fc.oneof(storable, tricky);

describe('a CSV file', () => {
  it('begins with a byte order mark and the header, each row ends with CRLF', async () => {
    expect(await fileOf([message])).toBe(
      `\ufeff${header}\r\nsession,'2026-11-01T08:00:00.123Z,019a3e0c-0000-7000-8000-000000000000,assistant,"hello",'1200,,,complete\r\n`,
    );
  });

  it('has its mark and header without any message too', async () => {
    expect(await fileOf([])).toBe(`\ufeff${header}\r\n`);
  });

  it('tells empty text from nothing', async () => {
    expect(await fileOf([{ ...message, content: '', response_time_ms: null }])).toContain(
      ',assistant,"",,,,complete',
    );
  });

  it('keeps a zero', async () => {
    expect(await fileOf([{ ...message, response_time_ms: 0 }])).toContain(`,"hello",'0,,,`);
  });

  it('counts the cells that are inert, and those that are cut', async () => {
    const figures = noFigures();
    await fileOf([message, { ...message, content: '=1+1', response_time_ms: null }], figures);
    expect(figures).toEqual({ cutCells: 0, inertCells: 4 });
    await fileOf([{ ...message, content: 'x'.repeat(40_000) }], figures);
    expect(figures).toEqual({ cutCells: 1, inertCells: 6 });
  });

  it('has the times of its zone, with their offset', () => {
    const { row } = csvFormat('Asia/Shanghai', noFigures());
    expect(row(message)).toContain(",'2026-11-01T16:00:00.123+08:00,");
  });

  it('has no cell that is anything but text', async () => {
    const numbers = { ...message, session_name: '1', content: '2', agent_id: '3', agent_name: '4' };
    const [, row = []] = rowsOf(await fileOf([numbers]));
    expect(row.map((cell) => inertCell(cell))).toEqual(
      row.map((cell) => (cell.startsWith("'") ? `'${cell}` : cell)),
    );
    expect(row.filter((cell) => cell.startsWith("'"))).toHaveLength(6);
  });

  it('gives every text back through a CSV parser, inert', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(anyText, anyText, anyText), { minLength: 1, maxLength: 5 }),
        async (texts) => {
          const messages = texts.map(([session_name, content, agent_name]) => ({
            ...message,
            session_name,
            content,
            agent_name,
          }));
          const file = await fileOf(messages);
          const rows = rowsOf(file);
          expect(await rowsByLibrary(file)).toEqual([header.split(','), ...rows.slice(1)]);
          expect(rows.slice(1).map((row) => [row[0], row[4], row[7]])).toEqual(
            texts.map((parts) => parts.map((text) => cutCell(inertCell(text)))),
          );
          expect(rows.every((row) => row.length === 9)).toBe(true);
        },
      ),
      { numRuns },
    );
  });
});
