import type { MessageFilter } from '../read/message-filter.js';
import { storableMetadata } from '../write/storable.js';
import type { ExportRequest } from './message-export.js';

/** `expired`: the file's time is over; it is deleted, or will be at once. */
export type ExportJobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'expired';

/** What proves a file. */
export interface ExportProof {
  readonly snapshotAt: Date;
  /** In hex, of the file as it is stored. */
  readonly sha256: string;
  readonly cutCells: number;
  readonly inertCells: number;
}

/** An export that somebody asked for, and how far it is. */
export interface ExportJob extends ExportRequest {
  /** UUID version 7. */
  readonly id: string;
  /** The id of the agent. */
  readonly requestedBy: string;
  /** Their name now; null when there is no such account any more. */
  readonly requestedByName: string | null;
  readonly status: ExportJobStatus;
  /** How often it was begun, but for runs that gave it back: over 1 says that a process died on the way. */
  readonly attempts: number;
  readonly rowsDone: number;
  /** Null until the rows were counted. */
  readonly rowsTotal: number | null;
  readonly bytes: number;
  readonly createdAt: Date;
  /** Of the run that made the file, or makes it. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly expiresAt: Date | null;
  /** What who asked is told, unless all went well. */
  readonly error: string | null;
  /** Null until the job succeeded. */
  readonly proof: ExportProof | null;
}

/** A job as `exportJobColumns` reads it. */
export interface ExportJobRow {
  readonly id: string;
  readonly requested_by: string;
  readonly requested_by_name: string | null;
  readonly filter: FilterJson;
  readonly format: ExportJob['format'];
  readonly row_order: ExportJob['order'];
  readonly time_zone: string;
  readonly gzip: boolean;
  readonly status: ExportJobStatus;
  readonly attempts: number;
  readonly rows_done: string;
  readonly rows_total: string | null;
  readonly bytes: string;
  readonly snapshot_at: Date | null;
  readonly sha256: string | null;
  readonly cut_cells: string;
  readonly inert_cells: string;
  readonly error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly expires_at: Date | null;
}

/** A file is expired as soon as its time is over, and not only when it has been deleted. */
export const exportJobColumns = `
  id, requested_by, (select name from agents where agents.id = requested_by) as requested_by_name,
  filter, format, row_order, time_zone, gzip,
  case when status = 'succeeded' and expires_at <= now() then 'expired' else status end as status,
  attempts, rows_done, rows_total, bytes, snapshot_at, sha256, cut_cells, inert_cells, error,
  created_at, started_at, finished_at, expires_at`;

export function exportJobOf(row: ExportJobRow): ExportJob {
  return {
    id: row.id,
    requestedBy: row.requested_by,
    requestedByName: row.requested_by_name,
    filter: filterOf(row.filter),
    format: row.format,
    order: row.row_order,
    timeZone: row.time_zone,
    gzip: row.gzip,
    status: row.status,
    attempts: row.attempts,
    rowsDone: Number(row.rows_done),
    rowsTotal: row.rows_total === null ? null : Number(row.rows_total),
    bytes: Number(row.bytes),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    expiresAt: row.expires_at,
    error: row.error,
    proof: proofOf(row),
  };
}

function proofOf({ snapshot_at, sha256, cut_cells, inert_cells }: ExportJobRow): ExportProof | null {
  if (snapshot_at === null || sha256 === null) return null;
  return {
    snapshotAt: snapshot_at,
    sha256,
    cutCells: Number(cut_cells),
    inertCells: Number(inert_cells),
  };
}

/** A filter as the table keeps it: times as ISO 8601 UTC, nothing that PostgreSQL cannot hold. */
type FilterJson = Omit<MessageFilter, 'from' | 'to'> & { readonly from?: string; readonly to?: string };

export function filterJsonOf(filter: MessageFilter): string {
  return JSON.stringify(storableMetadata({ ...filter }));
}

function filterOf({ from, to, ...others }: FilterJson): MessageFilter {
  return {
    ...others,
    ...(from !== undefined && { from: new Date(from) }),
    ...(to !== undefined && { to: new Date(to) }),
  };
}
