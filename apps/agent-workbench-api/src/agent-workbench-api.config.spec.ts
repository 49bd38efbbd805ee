import { parseConfig } from '@chat-history/service-shell';
import { workbenchApiConfig } from './agent-workbench-api.config.js';

const environment = { DATABASE_URL: 'postgres://localhost/chat', AUTH_JWT_SECRET: 'x'.repeat(32) };

describe('the environment of agent-workbench-api', () => {
  it('needs a database and a secret, and has a default for everything else', () => {
    expect(parseConfig(workbenchApiConfig, environment)).toMatchObject({
      API_PORT: 3002,
      AUTH_TOKEN_TTL_S: 28_800,
      CHAT_HISTORY_RETENTION_DAYS: 30,
      EXPORT_DIR: '.data/exports',
      EXPORT_FILE_TTL_HOURS: 24,
      EXPORT_JOBS_PER_PROCESS: 2,
    });
  });

  it.each([
    ['AUTH_JWT_SECRET', 'x'.repeat(31)],
    ['AUTH_TOKEN_TTL_S', '0'],
    ['AUTH_TOKEN_TTL_S', '8h'],
    ['API_PORT', '70000'],
    ['CHAT_HISTORY_RETENTION_DAYS', '0'],
    ['DATABASE_URL', 'mysql://localhost'],
    ['DATABASE_REPLICA_URL', 'localhost:5432'],
    ['EXPORT_JOBS_PER_PROCESS', '17'],
    ['EXPORT_JOBS_MAX', '0'],
    ['EXPORT_JOBS_PER_AGENT', '0'],
    ['EXPORT_FILE_TTL_HOURS', '721'],
    ['EXPORT_S3_BUCKET', 'No_Bucket'],
    ['EXPORT_S3_PREFIX', 'a prefix'],
    ['EXPORT_S3_ENDPOINT', 'storage:9000'],
  ])('is refused with %s=%s, which is named without its value', (name, value) => {
    const parse = () => parseConfig(workbenchApiConfig, { ...environment, [name]: value });
    expect(parse).toThrow(name);
    expect(parse).not.toThrow(` ${value}\n`);
  });

  it.each([
    ['EXPORT_S3_ENDPOINT', 'https://storage.example', 'EXPORT_S3_BUCKET'],
    ['EXPORT_S3_ACCESS_KEY_ID', 'key', 'EXPORT_S3_SECRET_ACCESS_KEY'],
    ['EXPORT_S3_SECRET_ACCESS_KEY', 'key', 'EXPORT_S3_ACCESS_KEY_ID'],
  ])('with %s=%s is refused without %s', (name, value, missing) => {
    const parse = () => parseConfig(workbenchApiConfig, { ...environment, [name]: value });
    expect(parse).toThrow(`${missing} is not set: it must be set when ${name} is`);
  });
});
