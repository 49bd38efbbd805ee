import { z } from 'zod';
import { rangeIsForward, rangeIsForwardFault } from './query-parts.js';
import { messageFilter } from './search.contract.js';

/** `csv`: UTF-8 with a byte order mark, CRLF, a header row, cells that a spreadsheet would run made inert. */
export const exportFormat = z.enum(['csv']);
export type ExportFormat = z.infer<typeof exportFormat>;

export const exportQuery = z
  .strictObject({ ...messageFilter, format: exportFormat.default('csv') })
  .refine(rangeIsForward, rangeIsForwardFault);
export type ExportQuery = z.infer<typeof exportQuery>;
