import { parseCommandLine, UsageError } from './command-line.js';

describe('the command line', () => {
  it.each([
    [[], { once: false, dryRun: false, confirmShortened: false }],
    [['--once'], { once: true, dryRun: false, confirmShortened: false }],
    [['--dry-run'], { once: true, dryRun: true, confirmShortened: false }],
    [['--once', '--dry-run'], { once: true, dryRun: true, confirmShortened: false }],
    [['--once', '--confirm-shortened'], { once: true, dryRun: false, confirmShortened: true }],
  ])('reads %j', (parameters, command) => {
    expect(parseCommandLine(parameters)).toEqual(command);
  });

  it.each([[['--onec']], [['once']], [['--once=yes']], [['--confirm-shortened']]])(
    'refuses %j',
    (parameters) => {
      expect(() => parseCommandLine(parameters)).toThrow(UsageError);
      expect(() => parseCommandLine(parameters)).toThrow(/Usage: retention-worker/);
    },
  );
});
