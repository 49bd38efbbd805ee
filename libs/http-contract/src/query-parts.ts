import { z } from 'zod';

/** An instant: ISO 8601 with an offset, or a date alone, which means its UTC midnight. */
export const instant = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], {
    error: 'must be an ISO 8601 date or date-time with an offset, e.g. 2026-11-01T00:00:00Z',
  })
  .refine(isWritable, { error: 'must be a date that exists, in the years 1 to 9999 of UTC' });

/** How many items a page holds: 1 to 200, 50 if left out. */
export const limit = z
  .string()
  .regex(/^\d{1,6}$/, { error: 'must be a whole number from 1 to 200' })
  .transform(Number)
  .refine((count) => count >= 1 && count <= 200, { error: 'must be a whole number from 1 to 200' })
  .optional()
  .transform((count) => count ?? 50)
  .meta({ type: 'integer', minimum: 1, maximum: 200, default: 50 });

/** `true` or `false`, which it is if left out. */
export const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((text) => text === 'true');

/** An opaque keyset cursor, as an earlier page of the same query gave it. */
export const cursor = z.string().min(1).max(2_000);

/** An IANA time zone that this runtime knows, such as `Asia/Shanghai`; `UTC` if left out. */
export const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'must be an IANA time zone such as Europe/Berlin' })
  .default('UTC');

/** Half-open: `from` is included, `to` is not. */
export const rangeShape = { from: instant.optional(), to: instant.optional() };

/** Refuses a range that ends before it begins; the fault is reported at `from`. */
export function rangeIsForward(range: { from?: string | undefined; to?: string | undefined }): boolean {
  return !range.from || !range.to || Date.parse(range.from) <= Date.parse(range.to);
}

export const rangeIsForwardFault = { error: 'must not be after to', path: ['from'] };

/** In four digits and without a year 0, which PostgreSQL does not know: an offset may lead out of them. */
function isWritable(text: string): boolean {
  const year = new Date(text).getUTCFullYear();
  return year >= 1 && year <= 9_999;
}

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are accepted by Intl but are not names PostgreSQL reads the same way.
  if (/^[+-]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
