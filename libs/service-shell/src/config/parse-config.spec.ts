import { z } from 'zod';
import { port, shellConfig, storeConfig, storeOptions } from './common-config.js';
import { ConfigError, parseConfig } from './parse-config.js';

const schema = z.object({ ...shellConfig, ...storeConfig, API_PORT: port(3002) });
const sufficient = { DATABASE_URL: 'postgres://me:pw@db/chat' };

describe('the configuration', () => {
  it('has defaults for all but the database', () => {
    expect(parseConfig(schema, sufficient)).toMatchObject({
      API_PORT: 3002,
      LOG_LEVEL: 'info',
      CHAT_HISTORY_RETENTION_DAYS: 30,
      CORS_ORIGINS: [],
      SHUTDOWN_DELAY_MS: 0,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseConfig(schema, { ...sufficient, API_PORT: '', TZ: '' }).API_PORT).toBe(3002);
  });

  it('is frozen and holds nothing that the schema does not name', () => {
    const config = parseConfig(schema, { ...sufficient, HOME: '/root' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(config).not.toHaveProperty('HOME');
  });

  it('names every bad variable in one message and no value', () => {
    const environment = {
      DATABASE_URL: 'mysql://root:hunter2@db',
      API_PORT: '99999',
      CHAT_HISTORY_RETENTION_DAYS: '9999',
      LOG_LEVEL: 'loud',
      TZ: 'Mars/Olympus',
      CORS_ORIGINS: 'https://a.example/path',
      DOCS_ENABLED: 'yes please',
    };
    const message = messageOf(() => parseConfig(schema, environment));
    for (const [name, value] of Object.entries(environment)) {
      expect(message).toContain(name);
      expect(message).not.toContain(value);
    }
  });

  it('says of a missing variable what it must be', () => {
    expect(messageOf(() => parseConfig(schema, {}))).toContain(
      'DATABASE_URL is not set: it must be a URL such as',
    );
  });

  it.each(['0', '3651', '-1', '1.5', '1e3', 'NaN', '٣', ' 30', '0x10'])(
    'refuses %j days of retention',
    (days) => {
      expect(() => parseConfig(schema, { ...sufficient, CHAT_HISTORY_RETENTION_DAYS: days })).toThrow(
        ConfigError,
      );
    },
  );

  it.each([
    ['DATABASE_READER_POOL_MAX', 1, 100],
    ['DATABASE_ACQUIRE_TIMEOUT_MS', 10, 60_000],
    ['DATABASE_READ_TIMEOUT_MS', 100, 60_000],
    ['DATABASE_WRITER_POOL_MAX', 3, 100],
    ['DATABASE_WRITE_TIMEOUT_MS', 100, 60_000],
  ] as const)('takes %s from %i to %i', (name, least, most) => {
    const read = (value: number) => parseConfig(schema, { ...sufficient, [name]: String(value) })[name];
    expect([read(least), read(most)]).toEqual([least, most]);
    for (const value of [least - 1, most + 1]) expect(() => read(value)).toThrow(name);
  });

  it('tells the store how many connections it may have and how long each may take', () => {
    const set = { DATABASE_READER_POOL_MAX: '20', DATABASE_READ_TIMEOUT_MS: '1000' };
    expect(storeOptions(parseConfig(schema, { ...sufficient, ...set }))).toMatchObject({
      readerPool: { maxConnections: 20, acquireTimeoutMs: 1_000, statementTimeoutMs: 1_000 },
      writerPool: { maxConnections: 4, statementTimeoutMs: 5_000 },
    });
  });

  it('reads listed origins and refuses a wildcard', () => {
    const listed = { ...sufficient, CORS_ORIGINS: 'https://a.example, http://localhost:4200' };
    expect(parseConfig(schema, listed).CORS_ORIGINS).toEqual(['https://a.example', 'http://localhost:4200']);
    expect(() => parseConfig(schema, { ...sufficient, CORS_ORIGINS: '*' })).toThrow(ConfigError);
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}
