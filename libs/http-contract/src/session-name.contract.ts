import { z } from 'zod';

const maxCodePoints = 255;
// eslint-disable-next-line no-control-regex -- control characters are exactly what a name may not hold
const forbidden = /[\u0000-\u001f\u007f-\u009f/\\]/u;

/**
 * The name of a session: 1 to 255 code points without control characters, `/`, `\` or lone surrogates,
 * and not `.` or `..`, so that it is one path segment in every URL and storable in PostgreSQL.
 */
export const sessionName = z
  .string()
  .refine((name) => name.length > 0 && [...name].length <= maxCodePoints, {
    error: `must have 1 to ${maxCodePoints} characters`,
  })
  .refine((name) => name.isWellFormed() && !forbidden.test(name), {
    error: 'must not contain control characters, "/", "\\" or lone surrogates',
  })
  .refine((name) => name !== '.' && name !== '..', { error: 'must not be "." or ".."' })
  .meta({ id: 'SessionName' });
export type SessionName = z.infer<typeof sessionName>;

/** The path parameters of every route below one session. */
export const sessionNameParams = z.strictObject({ session_name: sessionName });
