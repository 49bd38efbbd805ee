/**
 * How long a server asks to be left alone, in milliseconds.
 * @param header of `Retry-After`: seconds, or a date (RFC 9110, 10.2.3); anything else counts as none.
 */
export function retryAfterMs(header: string | null | undefined, now = Date.now()): number | undefined {
  if (header == null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** Whether a server that answers with this status may well take the same request in a moment. */
export function isTransientStatus(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
}
