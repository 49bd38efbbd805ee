import { createHash } from 'node:crypto';

/** Keys that customers send with their messages. */
export const chatScope = 'chat';

/** Keys that an agent sends. */
export function agentScope(agentId = ''): string {
  return `agent ${agentId}`;
}

/** What is kept of an Idempotency-Key: 32 bytes. No scope holds a NUL, so no two pairs of scope and key are alike. */
export function keyHash(scope: string, key: string): Buffer {
  return createHash('sha256').update(`${scope}\0${key}`).digest();
}
