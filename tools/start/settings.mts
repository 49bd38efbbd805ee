import path from 'node:path';
import { StartError } from './run-to-end.mts';

export const root = path.resolve(import.meta.dirname, '../..');

/** The variable of each port; what listens there is named by the key. */
export const portVariables = {
  chatbot: 'CHATBOT_PORT',
  api: 'API_PORT',
  worker: 'WORKER_PORT',
  workbench: 'WORKBENCH_PORT',
} as const;

export type Ports = Readonly<Record<keyof typeof portVariables, number>>;

export interface Settings {
  /** Where the database, secrets, login and logs of this machine are kept. */
  readonly dataDir: string;
  /** 0 stands for any free one. */
  readonly ports: Ports;
  /** A PostgreSQL of one's own; the embedded one if undefined. */
  readonly databaseUrl: string | undefined;
  readonly retentionDays: number;
}

/** @throws StartError naming a variable that does not do. */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const wholeNumber = (name: string, fallback: number, min: number, max: number) => {
    const text = environment[name] || String(fallback);
    if (/^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max) return Number(text);
    throw new StartError(`${name} must be a whole number from ${min} to ${max}.`);
  };
  const port = (name: keyof typeof portVariables, fallback: number) =>
    wholeNumber(portVariables[name], fallback, 0, 65_535);
  return {
    dataDir: path.resolve(root, environment['DATA_DIR'] || '.data'),
    ports: {
      chatbot: port('chatbot', 3001),
      api: port('api', 3002),
      worker: port('worker', 3003),
      workbench: port('workbench', 4200),
    },
    databaseUrl: environment['DATABASE_URL'] || undefined,
    retentionDays: wholeNumber('CHAT_HISTORY_RETENTION_DAYS', 30, 1, 3_650),
  };
}
