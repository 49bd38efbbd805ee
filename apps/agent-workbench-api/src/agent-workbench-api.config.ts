import { port, shellConfig, storeConfig, wholeNumber } from '@chat-history/service-shell';
import { z } from 'zod';

/** HMAC-SHA-256 asks for a key of at least the hash's length (RFC 7518, section 3.2). */
const minSecretBytes = 32;

/** The environment of agent-workbench-api. */
export const workbenchApiConfig = z.object({
  ...shellConfig,
  ...storeConfig,
  /** The TCP port the service listens on. */
  API_PORT: port(3002),
  /** Signs the agents' tokens: random, at least 32 bytes, the same for every instance; a new one ends all sessions. */
  AUTH_JWT_SECRET: z
    .string({ error: `must be a random text of at least ${minSecretBytes} bytes` })
    .refine((secret) => Buffer.byteLength(secret) >= minSecretBytes, {
      error: `must be a random text of at least ${minSecretBytes} bytes`,
    }),
  /** How long, in seconds (60 to 604,800), an agent stays signed in; a working day if left out. */
  AUTH_TOKEN_TTL_S: wholeNumber(60, 604_800).default(28_800),
});
export type WorkbenchApiConfig = Readonly<z.infer<typeof workbenchApiConfig>>;
