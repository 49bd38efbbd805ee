import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { createLogger, createService, parseConfig } from '@chat-history/service-shell';
import { Agents, MessageWriter, type AgentRole, type NewMessage } from '@chat-history/message-store';
import { createTestDatabase, FlakyProxy, type TestDatabase } from '@chat-history/message-store/testing';
import request from 'supertest';
import { workbenchApiConfig } from '../src/agent-workbench-api.config.js';
import { workbenchApiService } from '../src/agent-workbench-api.service.js';

export const jwtSecret = 'only-for-specs-0123456789-0123456789';
export const password = 'correct horse battery';

/** The whole service on a database of its own, with an account of each role. */
export interface Workbench {
  readonly app: NestExpressApplication;
  readonly database: TestDatabase;
  /** Between the service and its database. */
  readonly proxy: FlakyProxy;
  /** Between the service and its replica, which is the same database; unused where none was asked for. */
  readonly replica: FlakyProxy;
  readonly logLines: readonly string[];
  /** Where files of export jobs are, unless the environment says otherwise. */
  readonly exportDir: string;
  /** Where it listens. */
  readonly url: string;
  /** A request of an account; of nobody when left out. */
  get(path: string, account?: AgentRole): request.Test;
  head(path: string, account?: AgentRole): request.Test;
  post(path: string, account?: AgentRole): request.Test;
  delete(path: string, account?: AgentRole): request.Test;
  token(account: AgentRole): string;
  /** Stores messages as the services do, and waits until they are stored. */
  store(...messages: readonly NewMessage[]): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startWorkbench(
  environment: Record<string, string> = {},
  { hasReplica = false } = {},
): Promise<Workbench> {
  const database = await createTestDatabase();
  const proxy = await FlakyProxy.to(database.url);
  const replica = await FlakyProxy.to(database.url);
  const spoolDir = await mkdtemp(path.join(tmpdir(), 'chat-history-spool-'));
  const exportDir = await mkdtemp(path.join(tmpdir(), 'chat-history-exports-'));
  const logLines: string[] = [];
  const config = parseConfig(workbenchApiConfig, {
    DATABASE_URL: proxy.url,
    ...(hasReplica && { DATABASE_REPLICA_URL: replica.url }),
    AUTH_JWT_SECRET: jwtSecret,
    API_PORT: '0',
    CHAT_HISTORY_SPOOL_DIR: spoolDir,
    EXPORT_DIR: exportDir,
    // What a spec stores is to be found in the database.
    CHAT_HISTORY_COMMIT_TIMEOUT_MS: '60000',
    CHAT_HISTORY_TURN_TIMEOUT_MS: '20000',
    ...environment,
  });
  const logger = createLogger('spec', 'debug', { write: (line) => logLines.push(line) });
  const app = await createService(workbenchApiService(config, logger));
  // Listening on one port, and not per request, as a client that leaves early needs it.
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const http = request(url);

  const tokens = new Map<AgentRole, string>();
  for (const role of ['agent', 'supervisor', 'admin'] as const) {
    await app.get(Agents).create({ username: role, name: `The ${role}`, role, password });
    const { body } = await http.post('/api/auth/login').send({ username: role, password });
    tokens.set(role, body.access_token);
  }
  const token = (account: AgentRole) => tokens.get(account) ?? '';
  const as = (test: request.Test, account?: AgentRole) =>
    account ? test.auth(token(account), { type: 'bearer' }) : test;

  return {
    app,
    database,
    proxy,
    replica,
    logLines,
    exportDir,
    url,
    token,
    get: (path, account) => as(http.get(path), account),
    head: (path, account) => as(http.head(path), account),
    post: (path, account) => as(http.post(path), account),
    delete: (path, account) => as(http.delete(path), account),
    async store(...messages) {
      const saved = messages.map((message) => app.get(MessageWriter).save(message));
      await Promise.all(saved.map(({ durable }) => durable));
      return saved.map(({ message }) => message.id);
    },
    async stop() {
      proxy.become('pass');
      await app.close();
      await Promise.all([proxy.close(), replica.close()]);
      await database.drop();
      for (const folder of [spoolDir, exportDir]) await rm(folder, { recursive: true });
    },
  };
}
