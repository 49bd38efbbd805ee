import { z } from 'zod';

/**
 * The header `Idempotency-Key`: a repeat of the request with the same key within 24 hours gives the same result and
 * stores nothing twice. 16 to 255 printable ASCII characters, random (a UUID does): who knows the key of a request
 * and its body gets its result.
 */
export const idempotencyKey = z
  .string()
  .regex(/^[\x20-\x7e]{16,255}$/, { error: 'must have 16 to 255 printable ASCII characters' });
