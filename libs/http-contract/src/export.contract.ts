import { z } from 'zod';
import { flag, rangeIsForward, rangeIsForwardFault, timeZone } from './query-parts.js';
import { messageFilter } from './search.contract.js';

/**
 * `csv`: for Excel, UTF-8 with a byte order mark, each cell inert text; `csv-raw`: RFC 4180, nothing altered; `jsonl`:
 * a message a line, lossless; `txt` and `md`: one session for people to read.
 */
export const exportFormat = z.enum(['csv', 'csv-raw', 'jsonl', 'txt', 'md'], {
  error: 'must be csv, csv-raw, jsonl, txt or md',
});
export type ExportFormat = z.infer<typeof exportFormat>;

/** By `(created_at, id)`, or session by session and in that order within each. */
export const exportOrder = z.enum(['time', 'session'], { error: 'must be time or session' });
export type ExportOrder = z.infer<typeof exportOrder>;

/** The format and what belongs to it; `time_zone` is that of the times in `csv`, `txt` and `md`, the others have UTC. */
export const exportShape = {
  format: exportFormat.default('csv'),
  order: exportOrder.default('time'),
  time_zone: timeZone,
};

/** `txt` and `md` are written as one session's transcript. */
export function isReadable({
  format,
  session_name,
}: {
  format: ExportFormat;
  session_name?: string | undefined;
}) {
  return (format !== 'txt' && format !== 'md') || session_name !== undefined;
}

export const isReadableFault = {
  error: 'must be given for txt and md: they are one session to read',
  path: ['session_name'],
};

export const exportQuery = z
  .strictObject({ ...messageFilter, ...exportShape, gzip: flag })
  .refine(rangeIsForward, rangeIsForwardFault)
  .refine(isReadable, isReadableFault);
export type ExportQuery = z.infer<typeof exportQuery>;
