import { parseConfig } from '@chat-history/service-shell';
import { retentionWorkerConfig } from './retention-worker.config.js';

const required = { DATABASE_URL: 'postgres://user@localhost:5432/chat' };

describe('the configuration of the worker', () => {
  it('needs the database alone', () => {
    expect(parseConfig(retentionWorkerConfig, required)).toMatchObject({
      CHAT_HISTORY_RETENTION_DAYS: 30,
      CHAT_HISTORY_RETENTION_CRON: '0 3 * * *',
      WORKER_PORT: 3003,
    });
  });

  it.each([
    ['CHAT_HISTORY_RETENTION_DAYS', '0'],
    ['CHAT_HISTORY_RETENTION_DAYS', '-1'],
    ['CHAT_HISTORY_RETENTION_DAYS', '0.5'],
    ['CHAT_HISTORY_RETENTION_DAYS', 'thirty'],
    ['CHAT_HISTORY_RETENTION_CRON', 'at three'],
    ['CHAT_HISTORY_RETENTION_CRON', '61 3 * * *'],
    ['TZ', 'Europe/Nowhere'],
    ['WORKER_PORT', '70000'],
  ])('refuses %s %s with one message that names it and not its value', (name, value) => {
    const parse = () => parseConfig(retentionWorkerConfig, { ...required, [name]: value });
    expect(parse).toThrow(name);
    expect(parse).not.toThrow(` ${value} `);
  });
});
