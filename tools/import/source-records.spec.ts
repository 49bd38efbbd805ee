import fc from 'fast-check';
import { cutCsvRow } from './csv-record.mts';
import { cutJsonLine } from './json-record.mts';
import { RowFault } from './row-fault.mts';
import { maxRecordBytes, sourceRecords, type Cut } from './source-records.mts';

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);

/** The bytes in pieces of these lengths, then the rest. */
function* pieces(bytes: Buffer, lengths: readonly number[]): Generator<Buffer> {
  let from = 0;
  for (const length of lengths) {
    yield bytes.subarray(from, from + length);
    from += length;
  }
  yield bytes.subarray(from);
}

async function* each(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function recordsOf<Value>(cut: Cut<Value>, file: string | Buffer, lengths: readonly number[] = []) {
  const records: [number, Value | string][] = [];
  for await (const { line, value } of sourceRecords(each(pieces(Buffer.from(file), lengths)), cut)) {
    records.push([line, value instanceof RowFault ? value.message : value]);
  }
  return records;
}

/** Null for an empty field. */
async function rowsOf(file: string | Buffer, lengths?: readonly number[]) {
  const records = await recordsOf(cutCsvRow, file, lengths);
  return records.map(([line, value]) => [
    line,
    typeof value === 'string'
      ? value
      : value.map(({ text, isQuoted }) => (text === '' && !isQuoted ? null : text)),
  ]);
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const notClosed = 'a quote is not closed, or something follows it';

const text = fc
  .oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('"', ',', '\r', '\n', '\r\n', ' ', '退', '😀', '\ufeff', '\0', 'x'))
      .map((parts) => parts.join('')),
  )
  .map((each) => each.toWellFormed());
const field = fc.oneof(fc.constant(null), text);
const lengths = fc.array(fc.oneof(fc.nat(4), fc.nat(60)), { maxLength: 12 });

describe('the rows of a CSV file', () => {
  it('come back whatever they hold and wherever the file is cut, with their lines, null and empty text apart', async () => {
    const row = fc.array(field, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(row),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        lengths,
        async (rows, end, isEnded, cuts) => {
          const lines = rows.map((fields) =>
            fields.map((each) => (each === null ? '' : quoted(each))).join(),
          );
          const file = lines.join(end) + (isEnded ? end : '');
          let line = 1;
          const expected = rows.map((fields, at) => {
            const begins = line;
            line += `${lines[at]}\n`.split('\n').length - 1;
            return [begins, fields];
          });
          expect(await rowsOf(file, cuts)).toEqual(expected);
        },
      ),
      { numRuns },
    );
  });

  it('are read without quotes, behind a byte order mark, and without the blank lines between them', async () => {
    expect(await rowsOf('\ufeffa,b\r\n\r\n,\r\n\nc d,"",\'x')).toEqual([
      [1, ['a', 'b']],
      [3, [null, null]],
      [5, ['c d', '', "'x"]],
    ]);
    expect(await rowsOf('a\rb,c')).toEqual([[1, ['a\rb', 'c']]]);
    expect(await rowsOf('')).toEqual([]);
  });

  it.each([
    ['a,"b\nc,d\n"e",f\n', [[1, notClosed], [2, ['c', 'd']], [3, ['e', 'f']]]],
    ['a,b\nc,"d', [[1, ['a', 'b']], [2, notClosed]]],
    ['a,"b"c\nd,e\n', [[1, notClosed], [2, ['d', 'e']]]],
    ['a,"b"\rc\nd,e\n', [[1, notClosed], [2, ['d', 'e']]]],
    ['a,b"c\nd,e', [[1, 'there is a quote in a field that is not quoted'], [2, ['d', 'e']]]],
  ])('are read on after one that is at fault: %j', async (file, expected) => {
    for (const length of [1, 2, 3, 100]) {
      expect(await rowsOf(file, Array.from({ length: 30 }, () => length))).toEqual(expected);
    }
  }); // prettier-ignore

  it('say which field is no UTF-8', async () => {
    const file = Buffer.concat([Buffer.from('a,"'), Buffer.from([0xff, 0xc3]), Buffer.from('"\r\nb,c\r\n')]);
    expect(await recordsOf(cutCsvRow, file)).toEqual([
      [1, [expect.objectContaining({ text: 'a' }), { text: null, isQuoted: true }]],
      [2, [expect.anything(), expect.anything()]],
    ]);
  });
});

describe('the lines of a JSON file', () => {
  it('come back wherever the file is cut', async () => {
    const row = fc.dictionary(fc.string(), fc.oneof(text, fc.constant(null)));
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.constantFrom('\n', '\r\n'), lengths, async (rows, end, cuts) => {
        const file = rows.map((each) => JSON.stringify(each) + end).join('');
        expect(await recordsOf(cutJsonLine, file, cuts)).toEqual(
          rows.map((each, at) => [at + 1, { ...each }]),
        );
      }),
      { numRuns },
    );
  });

  it('are read on after one that is at fault', async () => {
    const file = Buffer.concat([
      Buffer.from('{"a":1}\n\n{"a":\n[1]\n"\n{"a":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n{}'),
    ]);
    expect(await recordsOf(cutJsonLine, file)).toEqual([
      [1, { a: 1 }],
      [3, 'it is no JSON'],
      [4, 'it is no JSON object'],
      [5, 'it is no JSON'],
      [6, 'it is not UTF-8'],
      [7, {}],
    ]);
  });
});

describe('a record that is too long', () => {
  const tooLong = 'it takes more than 16 MiB, or a quote is not closed';
  const chunkBytes = 65_536;
  const chunks = Array.from({ length: 600 }, () => chunkBytes);

  it('is at fault, and the next line is read', async () => {
    const file = `a,b\n"${'x'.repeat(2 * maxRecordBytes)}\nc,d\n`;
    expect(await rowsOf(file, chunks)).toEqual([
      [1, ['a', 'b']],
      [2, tooLong],
      [3, ['c', 'd']],
    ]);
  });

  it('is at fault by its first line where a quote is never closed', async () => {
    const long = 'x'.repeat(chunkBytes);
    const rows = await rowsOf(`a,"b\n${`c,${long}\n`.repeat(chunks.length)}`, chunks);
    expect(rows[0]).toEqual([1, tooLong]);
    expect(rows.slice(1)).toEqual(chunks.map((_, at) => [at + 2, ['c', long]]));
  });
});
