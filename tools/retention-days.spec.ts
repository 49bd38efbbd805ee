import { UsageError } from './command.mts';
import { retentionDays } from './retention-days.mts';

const variable = 'CHAT_HISTORY_RETENTION_DAYS';

describe('the retention of the tools', () => {
  const before = process.env[variable];
  afterEach(() => {
    if (before === undefined) delete process.env[variable];
    else process.env[variable] = before;
  });

  it.each([
    ['', 30],
    ['1', 1],
    ['3650', 3_650],
  ])('is read from %j', (text, days) => {
    process.env[variable] = text;
    expect(retentionDays()).toBe(days);
  });

  it('is 30 days where nothing is set', () => {
    delete process.env[variable];
    expect(retentionDays()).toBe(30);
  });

  it.each(['0', '3651', '36500', '3e1', '0x1e', ' 30', '1.5', 'ten'])(
    'is none that a service has: %j',
    (text) => {
      process.env[variable] = text;
      expect(retentionDays).toThrow(new UsageError(`${variable} must be a whole number from 1 to 3650`));
    },
  );
});
