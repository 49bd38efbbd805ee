import { UsageError } from '../command.mts';
import { importArguments } from './arguments.mts';

const plain = ['--format', 'plain-csv'];

describe('the arguments of an import', () => {
  it('are a file and its format, and otherwise what is usual', () => {
    expect(importArguments(['a.jsonl', '--format', 'jsonl'])).toMatchObject({
      ...{ file: 'a.jsonl', format: 'jsonl', names: new Map(), fromLine: 1, maxFaults: 1_000 },
      ...{ dryRun: false, faults: undefined, json: false },
    });
  });

  it('may name columns, each by itself', () => {
    const { names } = importArguments(['-', ...plain, '--map', 'id=number', '--map', 'content=what=said']);
    expect([...names]).toEqual([
      ['id', 'number'],
      ['content', 'what=said'],
    ]);
  });

  it.each([
    [[], 'one file'],
    [['a', 'b', ...plain], 'one file'],
    [['a'], '--format must be'],
    [['a', '--format', 'csv'], '--format must be'],
    [['a', '--format', 'jsonl', '--map', 'id=x'], '--map'],
    [['a', '--format', 'csv-raw', '--time-zone', 'UTC'], '--time-zone'],
    [['a', ...plain, '--map', 'name=x'], '--map must be'],
    [['a', ...plain, '--map', 'id='], '--map must be'],
    [['a', ...plain, '--map', 'id'], '--map must be'],
    [['a', ...plain, '--time-zone', 'Mars/Olympus'], '--time-zone must be'],
    [['a', ...plain, '--max-faults', 'many'], '--max-faults must be'],
    [['a', ...plain, '--from-line=-1'], '--from-line must be'],
  ])('are wrong: %j', (args, message) => {
    expect(() => importArguments(args)).toThrow(UsageError);
    expect(() => importArguments(args)).toThrow(message);
  });
});
