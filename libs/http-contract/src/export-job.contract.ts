import { z } from 'zod';
import { exportFormat, exportOrder, exportShape, isReadable, isReadableFault } from './export.contract.js';
import { cursor, limit, rangeIsForward, rangeIsForwardFault } from './query-parts.js';
import { messageFilter } from './search.contract.js';

/** Any filter of search, a format, and whether the file is compressed. */
export const exportJobRequest = z
  .strictObject({ ...messageFilter, ...exportShape, gzip: z.boolean().default(false) })
  .refine(rangeIsForward, rangeIsForwardFault)
  .refine(isReadable, isReadableFault)
  .meta({ id: 'ExportJobRequest' });
export type ExportJobRequest = z.infer<typeof exportJobRequest>;

/** `expired`: the file was deleted when its time was over. */
const exportJobStatus = z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'expired']);
export type ExportJobStatus = z.infer<typeof exportJobStatus>;

/** The filter as it was asked for, times as ISO 8601 UTC. */
const exportedFilter = z.object(messageFilter);

/**
 * What proves a file: `sha256` in hex and `bytes` are those of the file as it is downloaded. `attempts` over 1 says
 * that a process died on the way and the file was made anew, of the later snapshot.
 */
const exportManifest = z
  .object({
    filter: exportedFilter,
    format: exportFormat,
    order: exportOrder,
    time_zone: z.string(),
    gzip: z.boolean(),
    snapshot_at: z.iso.datetime(),
    rows: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    /** Cells cut to what Excel holds; of `csv` alone, as `inert_cells`. */
    cut_cells: z.int().nonnegative(),
    /** Cells that a spreadsheet would have run, or read as something other than text. */
    inert_cells: z.int().nonnegative(),
    attempts: z.int().positive(),
  })
  .meta({ id: 'ExportManifest' });
export type ExportManifest = z.infer<typeof exportManifest>;

/**
 * `requested_by_name` is null when there is no such account any more, `rows_total` until the rows were counted, `manifest` until the job succeeded, `error` unless it failed.
 */
export const exportJob = z
  .object({
    id: z.uuid(),
    status: exportJobStatus,
    requested_by: z.string(),
    requested_by_name: z.string().nullable(),
    filter: exportedFilter,
    format: exportFormat,
    order: exportOrder,
    time_zone: z.string(),
    gzip: z.boolean(),
    rows_done: z.int().nonnegative(),
    rows_total: z.int().nonnegative().nullable(),
    bytes: z.int().nonnegative(),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    expires_at: z.iso.datetime().nullable(),
    error: z.string().nullable(),
    manifest: exportManifest.nullable(),
  })
  .meta({ id: 'ExportJob' });
export type ExportJob = z.infer<typeof exportJob>;

export const exportJobListQuery = z.strictObject({ cursor: cursor.optional(), limit });
export type ExportJobListQuery = z.infer<typeof exportJobListQuery>;

/** Latest first: an agent's own, an admin's all. */
export const exportJobPage = z
  .object({ items: z.array(exportJob), next_cursor: z.string().nullable() })
  .meta({ id: 'ExportJobPage' });
export type ExportJobPage = z.infer<typeof exportJobPage>;

export const exportJobParams = z.strictObject({ id: z.uuid({ error: 'must be the id of an export' }) });
export type ExportJobParams = z.infer<typeof exportJobParams>;
