import { parseArgs } from 'node:util';
import { UsageError } from '../command.mts';
import { columns, type Column } from './own-message.mts';
import { formats, type SourceOptions } from './source.mts';
import { TimeZone } from './time-zone.mts';

export const usage = `usage: DATABASE_URL=postgres://… npm run import -- FILE --format csv-raw|jsonl|plain-csv
  FILE             also packed by gzip; - for standard input
  --format         csv-raw or jsonl: an export of this system; plain-csv: a table of messages of another one
  --map C=NAME     of plain-csv: the column NAME of the file is session_name, created_at, id, role, content,
                   response_time_ms, agent_id, agent_name, status or metadata; may be given several times
  --time-zone Z    of plain-csv: the clocks of times without an offset, such as Europe/Berlin; UTC if left out
  --dry-run        checks and counts, and writes nothing
  --from-line N    passes over the rows that begin before line N
  --max-faults N   ends when more than N rows are at fault; 1000 if left out
  --faults FILE    writes every fault to FILE, a JSON object {line, column, reason} a line
  --json           prints one JSON object instead of text
  CHAT_HISTORY_RETENTION_DAYS is read as the services read it (30 if unset).
exit code: 0 all rows are in the store or left out by their time, 1 some are at fault or it did not come to its end, 2 wrong usage`;

export interface ImportArguments extends SourceOptions {
  readonly file: string;
  readonly dryRun: boolean;
  readonly maxFaults: number;
  readonly faults: string | undefined;
  readonly json: boolean;
}

/** @throws UsageError */
export function importArguments(args: string[]): ImportArguments {
  const { values, positionals } = parsed(args);
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError('one file must be given');
  const format = formats.find((one) => one === values.format);
  if (!format) throw new UsageError(`--format must be ${formats.join(', ')}`);
  if (format !== 'plain-csv' && (values.map || values['time-zone'] !== undefined)) {
    throw new UsageError('--map and --time-zone are for --format plain-csv alone');
  }
  return {
    file,
    format,
    names: new Map((values.map ?? []).map(nameOf)),
    timeZone: timeZoneOf(values['time-zone'] ?? 'UTC'),
    fromLine: countOf('--from-line', values['from-line'] ?? '1'),
    dryRun: values['dry-run'] ?? false,
    maxFaults: countOf('--max-faults', values['max-faults'] ?? '1000'),
    faults: values.faults,
    json: values.json ?? false,
  };
}

function parsed(args: string[]) {
  const [text, flag] = [{ type: 'string' }, { type: 'boolean' }] as const;
  const options = { format: text, map: { ...text, multiple: true }, 'time-zone': text, 'from-line': text, 'max-faults': text, faults: text, 'dry-run': flag, json: flag } as const; // prettier-ignore
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'wrong arguments');
  }
}

function nameOf(mapping: string): [Column, string] {
  const at = mapping.indexOf('=');
  const column = columns.find((one) => one === mapping.slice(0, at));
  if (!column || at === mapping.length - 1)
    throw new UsageError(`--map must be one of ${columns.join(', ')}, = and a name`);
  return [column, mapping.slice(at + 1)];
}

function timeZoneOf(name: string): TimeZone {
  try {
    return new TimeZone(name);
  } catch {
    throw new UsageError('--time-zone must be an IANA time zone such as Europe/Berlin');
  }
}

function countOf(option: string, text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new UsageError(`${option} must be a whole number`);
  return Number(text);
}
