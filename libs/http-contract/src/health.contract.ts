import { z } from 'zod';

/** `degraded`: serving, but something it can do without is missing; `details` names it. */
export const health = z
  .object({
    status: z.enum(['ok', 'degraded', 'error']),
    details: z.record(z.string(), z.object({ status: z.enum(['up', 'down']) }).loose()),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof health>;
