import { z } from 'zod';

/** What an account may do; each role may do all that the one before it may. */
export const accountRole = z.enum(['agent', 'supervisor', 'admin']);
export type AccountRole = z.infer<typeof accountRole>;

export const loginRequest = z
  .strictObject({ username: z.string().min(1).max(255), password: z.string().min(1).max(1_024) })
  .meta({ id: 'LoginRequest' });
export type LoginRequest = z.infer<typeof loginRequest>;

/** As RFC 6750 names it; `expires_in` in seconds. */
export const loginResponse = z
  .object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.int().positive() })
  .meta({ id: 'LoginResponse' });
export type LoginResponse = z.infer<typeof loginResponse>;

export const me = z
  .object({ agent_id: z.uuid(), agent_name: z.string(), role: accountRole })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof me>;
