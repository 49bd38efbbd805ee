import { z } from 'zod';

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** A whole number from `min` to `max`, both included. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error })
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error });
}

/** A TCP port to listen on, 0 to 65535; with 0 the system chooses one. */
export function port(defaultPort: number) {
  return wholeNumber(0, 65_535).default(defaultPort);
}

/** `true`/`1` or `false`/`0`. */
export function flag() {
  const error = 'must be true or false';
  return z
    .enum(['true', 'false', '1', '0'], { error })
    .transform((value) => value === 'true' || value === '1');
}

/** HMAC-SHA-256 asks for a key of at least the hash's length (RFC 7518, section 3.2). */
const minSecretBytes = 32;

/** A key to sign with, in UTF-8: random, at least 32 bytes. */
export function secret() {
  const error = `must be a random text of at least ${minSecretBytes} bytes`;
  return z.string({ error }).refine((text) => Buffer.byteLength(text) >= minSecretBytes, { error });
}

/** `postgres://user:password@host:5432/database`. */
export function postgresUrl() {
  const error = 'must be a URL such as postgres://user:password@host:5432/database';
  return z.string({ error }).refine(isPostgresUrl, { error });
}

/** What every service reads. */
export const shellConfig = {
  /** `production` turns the docs off unless they are asked for. */
  NODE_ENV: z
    .enum(['production', 'development', 'test'], { error: 'must be production, development or test' })
    .default('development'),
  /** The least severe level that is logged. */
  LOG_LEVEL: z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
  /** The IANA zone of this process's clock times, such as the hour of the clean-up; the machine's if left out. */
  TZ: z
    .string()
    .refine(isTimeZone, { error: 'must be an IANA time zone such as Europe/Berlin' })
    .default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone),
  /** The origins, comma-separated, whose pages may call this service from a browser; none if left out. */
  CORS_ORIGINS: z
    .string()
    .transform((list) => list.split(',').map((origin) => origin.trim()))
    .refine((origins) => origins.every(isOrigin), {
      error: 'must be comma-separated origins such as https://example.com, without paths or wildcards',
    })
    .default([]),
  /** Whether /docs is served; left out: yes, but not in production. */
  DOCS_ENABLED: flag().optional(),
  /**
   * How long, in milliseconds (0 to 60,000), the service goes on accepting requests after SIGTERM while its
   * readiness is already red: the time a load balancer needs to notice.
   */
  SHUTDOWN_DELAY_MS: wholeNumber(0, 60_000).default(0),
};
export type ShellConfig = z.infer<z.ZodObject<typeof shellConfig>>;

/** What every service that keeps or reads messages reads besides. */
export const storeConfig = {
  /** Where PostgreSQL is: `postgres://user:password@host:5432/database`. */
  DATABASE_URL: postgresUrl(),
  /** After how many days (1 to 3650) a message is invisible and then deleted; the same for every service. */
  CHAT_HISTORY_RETENTION_DAYS: wholeNumber(1, 3_650).default(30),
  /** A folder on a local, persistent disk for messages that the database does not take in time, or at all. */
  CHAT_HISTORY_SPOOL_DIR: z.string().max(4_096, { error: 'must be a path' }).default('.data/spool'),
  /** What the spool may take there, in bytes (1 MiB to 1 TiB). */
  CHAT_HISTORY_SPOOL_MAX_BYTES: wholeNumber(1_048_576, 1_099_511_627_776).default(1_073_741_824),
  /** For how many milliseconds (1 to 60,000) the database may leave a message unconfirmed before it is spooled. */
  CHAT_HISTORY_COMMIT_TIMEOUT_MS: wholeNumber(1, 60_000).default(250),
  /** For how many milliseconds (1 to 60,000) a turn waits for the database to say whose session it is, and no longer. */
  CHAT_HISTORY_TURN_TIMEOUT_MS: wholeNumber(1, 60_000).default(150),
  /** How many connections (1 to 100) read at the same time. */
  DATABASE_READER_POOL_MAX: wholeNumber(1, 100).default(10),
  /** For how many milliseconds (10 to 60,000) a read waits for one of them. */
  DATABASE_ACQUIRE_TIMEOUT_MS: wholeNumber(10, 60_000).default(1_000),
  /** After how many milliseconds (100 to 60,000) PostgreSQL cancels a read. */
  DATABASE_READ_TIMEOUT_MS: wholeNumber(100, 60_000).default(3_000),
  /** How many connections (3 to 100) write: one or two flush, one replays the spool, one may make partitions. */
  DATABASE_WRITER_POOL_MAX: wholeNumber(3, 100).default(4),
  /** After how many milliseconds (100 to 60,000) PostgreSQL cancels the writing of a batch; it is tried again. */
  DATABASE_WRITE_TIMEOUT_MS: wholeNumber(100, 60_000).default(5_000),
};
export type StoreConfig = z.infer<z.ZodObject<typeof storeConfig>>;

/** The same as the message store reads it. */
export function storeOptions(config: StoreConfig) {
  return {
    databaseUrl: config.DATABASE_URL,
    retentionDays: config.CHAT_HISTORY_RETENTION_DAYS,
    spoolDir: config.CHAT_HISTORY_SPOOL_DIR,
    spoolMaxBytes: config.CHAT_HISTORY_SPOOL_MAX_BYTES,
    commitTimeoutMs: config.CHAT_HISTORY_COMMIT_TIMEOUT_MS,
    turnTimeoutMs: config.CHAT_HISTORY_TURN_TIMEOUT_MS,
    readerPool: {
      maxConnections: config.DATABASE_READER_POOL_MAX,
      acquireTimeoutMs: config.DATABASE_ACQUIRE_TIMEOUT_MS,
      statementTimeoutMs: config.DATABASE_READ_TIMEOUT_MS,
    },
    writerPool: {
      maxConnections: config.DATABASE_WRITER_POOL_MAX,
      statementTimeoutMs: config.DATABASE_WRITE_TIMEOUT_MS,
    },
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);
}
