import {
  port,
  postgresUrl,
  secret,
  shellConfig,
  storeConfig,
  wholeNumber,
} from '@chat-history/service-shell';
import { z } from 'zod';

/** The environment of agent-workbench-api. */
export const workbenchApiConfig = z.object({
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
});
export type WorkbenchApiConfig = Readonly<z.infer<typeof workbenchApiConfig>>;
