import {
  flag,
  port,
  postgresUrl,
  secret,
  shellConfig,
  storeConfig,
  wholeNumber,
} from '@chat-history/service-shell';
import { z } from 'zod';

/** The environment of agent-workbench-api. */
export const workbenchApiConfig = z
  .object({
    ...shellConfig,
    ...storeConfig,
    /** The TCP port the service listens on. */
    API_PORT: port(3002),
    /** A streaming replica that lists, transcripts, searches and statistics are read from; the database if left out. */
    DATABASE_REPLICA_URL: postgresUrl().optional(),
    /** Signs the agents' tokens: random, at least 32 bytes, the same for every instance; a new one ends all sessions. */
    AUTH_JWT_SECRET: secret(),
    /** How long, in seconds (60 to 604,800), an agent stays signed in; a working day if left out. */
    AUTH_TOKEN_TTL_S: wholeNumber(60, 604_800).default(28_800),
    /** How many export jobs (0 to 16) this process makes at once; with 0 it leaves them to other instances. */
    EXPORT_JOBS_PER_PROCESS: wholeNumber(0, 16).default(2),
    /** How many (1 to 100) all instances make at once, and how many of these (1 to 100) for one agent. */
    EXPORT_JOBS_MAX: wholeNumber(1, 100).default(4),
    EXPORT_JOBS_PER_AGENT: wholeNumber(1, 100).default(2),
    /** For how many hours (1 to 720) the file of a job is kept. */
    EXPORT_FILE_TTL_HOURS: wholeNumber(1, 720).default(24),
    /** A folder for those files, of this system alone; on a volume that all instances share. */
    EXPORT_DIR: z.string().max(4_096, { error: 'must be a path' }).default('.data/exports'),
    /** A bucket for them instead, of S3 or what speaks it. */
    EXPORT_S3_BUCKET: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: 'must be the name of a bucket' })
      .optional(),
    /** Ahead of the files' names there (at most 200 characters), such as `exports/`; of this system alone. */
    EXPORT_S3_PREFIX: z
      .string()
      .regex(/^[\w.\-/]{1,200}$/, { error: 'must be at most 200 letters, digits, _, ., - and /' })
      .default('chat-history-exports/'),
    EXPORT_S3_REGION: z
      .string()
      .regex(/^[a-z0-9-]{1,63}$/, { error: 'must be the name of a region' })
      .default('us-east-1'),
    /** Where a storage other than AWS is. */
    EXPORT_S3_ENDPOINT: z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).optional(),
    /** A key of the bucket; left out, that of the machine's role. */
    EXPORT_S3_ACCESS_KEY_ID: z.string().optional(),
    EXPORT_S3_SECRET_ACCESS_KEY: z.string().optional(),
    /** Whether the bucket stands in the path and not in the host; left out: yes, where there is an endpoint. */
    EXPORT_S3_FORCE_PATH_STYLE: flag().optional(),
  })
  .refine(...setWith('EXPORT_S3_BUCKET', 'EXPORT_S3_ENDPOINT'))
  .refine(...setWith('EXPORT_S3_BUCKET', 'EXPORT_S3_ACCESS_KEY_ID'))
  .refine(...setWith('EXPORT_S3_SECRET_ACCESS_KEY', 'EXPORT_S3_ACCESS_KEY_ID'))
  .refine(...setWith('EXPORT_S3_ACCESS_KEY_ID', 'EXPORT_S3_SECRET_ACCESS_KEY'));
export type WorkbenchApiConfig = Readonly<z.infer<typeof workbenchApiConfig>>;

/** A variable that means nothing, or too little, without another. */
function setWith(name: string, other: string) {
  const isSet = (config: Record<string, unknown>) =>
    config[other] === undefined || config[name] !== undefined;
  // `when`: a fault elsewhere would keep this one from being named.
  const fault = { error: `must be set when ${other} is`, path: [name], when: () => true };
  return [isSet, fault] as const;
}
