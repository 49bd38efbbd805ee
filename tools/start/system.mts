import { chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { migrateUp, openMessageStore } from '@chat-history/message-store';
import { makeDemoData } from '../demo-data.mts';
import { startGateway } from '../gateway.mts';
import { demoLogin, writeDemoFile, type DemoFile, type DemoLogin } from './demo-login.mts';
import { startLocalDatabase } from './local-database.mts';
import type { OnEnd } from './run-to-end.mts';
import { keptSecrets } from './secrets.mts';
import { ServiceProcess } from './service-process.mts';
import { root, type Ports, type Settings } from './settings.mts';

/** Runs database, services and gateway until `stopping`. @throws StartError when one of them fails. */
export async function runSystem(settings: Settings, stopping: AbortSignal, onEnd: OnEnd): Promise<void> {
  const { dataDir, ports } = settings;
  const logDir = path.join(dataDir, 'logs');
  await mkdir(dataDir, { recursive: true });
  // For the owner alone: addresses and names of sessions are in them.
  await mkdir(logDir, { recursive: true, mode: 0o700 });
  // Whatever the umask: the user `postgres`, as whom root runs the embedded PostgreSQL, passes through here.
  if (!settings.databaseUrl && process.getuid?.() === 0) await chmod(dataDir, 0o755);
  const secrets = await keptSecrets(dataDir);

  console.log(settings.databaseUrl ? 'Migrating the database …' : 'Starting PostgreSQL and migrating …');
  const databaseUrl =
    settings.databaseUrl ?? (await startLocalDatabase(dataDir, secrets.databasePassword, onEnd));
  stopping.throwIfAborted();
  await migrateUp(databaseUrl);
  const login = await prepareDemo(settings, databaseUrl);
  stopping.throwIfAborted();

  const urls = urlsOf(ports, databaseUrl);
  const gateway = await startGateway({
    port: ports.workbench,
    chatbotUrl: urls.chatbot,
    apiUrl: urls.api,
    appFolder: path.join(root, 'apps/agent-workbench/dist/browser'),
  });
  onEnd(() => gateway.close());

  console.log('Starting the services …');
  const services = await startServices(ports, logDir, onEnd, {
    ...process.env,
    DATABASE_URL: databaseUrl,
    AUTH_JWT_SECRET: process.env['AUTH_JWT_SECRET'] || secrets.jwtSecret,
    CHAT_SESSION_SECRET: process.env['CHAT_SESSION_SECRET'] || secrets.chatSessionSecret,
    CHAT_HISTORY_SPOOL_DIR: process.env['CHAT_HISTORY_SPOOL_DIR'] || path.join(dataDir, 'spool'),
    EXPORT_DIR: process.env['EXPORT_DIR'] || path.join(dataDir, 'exports'),
    CHATBOT_PORT: String(ports.chatbot),
    API_PORT: String(ports.api),
    WORKER_PORT: String(ports.worker),
  });
  await Promise.all(services.map((service) => service.ready(stopping)));
  const demo = { ...login, urls };
  await writeDemoFile(dataDir, demo);
  announce(demo, ports, settings);
  await Promise.race([aborted(stopping), ...services.map((service) => service.died)]);
}

async function prepareDemo(settings: Settings, databaseUrl: string): Promise<DemoLogin> {
  const store = openMessageStore({
    databaseUrl,
    retentionDays: settings.retentionDays,
    spoolDir: path.join(settings.dataDir, 'spool'),
    applicationName: 'chat-history start',
    logger: console,
  });
  try {
    const { items } = await store.sessionList.find({ limit: 1 });
    if (items.length === 0) await makeDemoData(databaseUrl, settings.retentionDays);
    return await demoLogin(settings.dataDir, store.agents);
  } finally {
    await store.close();
  }
}

async function startServices(ports: Ports, logDir: string, onEnd: OnEnd, environment: NodeJS.ProcessEnv) {
  const services: ServiceProcess[] = [];
  onEnd(async () => {
    console.log('\nStopping …');
    await Promise.all(services.map((service) => service.stop()));
  });
  for (const [name, port] of [
    ['ai-chatbot', ports.chatbot],
    ['agent-workbench-api', ports.api],
    ['retention-worker', ports.worker],
  ] as const) {
    services.push(await ServiceProcess.start(name, port, environment, logDir));
  }
  return services;
}

function urlsOf(ports: Ports, database: string): DemoFile['urls'] {
  return {
    chatbot: `http://localhost:${ports.chatbot}`,
    api: `http://localhost:${ports.api}`,
    workbench: `http://localhost:${ports.workbench}/workbench/`,
    database,
  };
}

function announce({ username, password, urls }: DemoFile, ports: Ports, { dataDir }: Settings): void {
  const shown = path.relative(root, dataDir) || dataDir;
  console.log(`
  Workbench   ${urls.workbench}
  Login       ${username} / ${password}

  Chatbot     ${urls.chatbot}/chat       API docs ${urls.chatbot}/docs
  API         ${urls.api}/api        API docs ${urls.api}/docs
  Retention   http://localhost:${ports.worker}/health/ready
  Login, addresses and database: ${shown}/demo.json; logs: ${shown}/logs/

  Ready. Ctrl-C stops everything.`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
