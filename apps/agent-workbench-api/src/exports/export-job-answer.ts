import type { ExportJob, ExportManifest } from '@chat-history/http-contract';
import type { ExportJob as KeptJob, MessageFilter } from '@chat-history/message-store';

/** How a job crosses HTTP. */
export function exportJobAnswer(job: KeptJob): ExportJob {
  return {
    id: job.id,
    status: job.status,
    requested_by: job.requestedBy,
    requested_by_name: job.requestedByName,
    filter: filterAnswer(job.filter),
    format: job.format,
    order: job.order,
    time_zone: job.timeZone,
    gzip: job.gzip,
    rows_done: job.rowsDone,
    rows_total: job.rowsTotal,
    bytes: job.bytes,
    created_at: job.createdAt.toISOString(),
    started_at: job.startedAt?.toISOString() ?? null,
    finished_at: job.finishedAt?.toISOString() ?? null,
    expires_at: job.expiresAt?.toISOString() ?? null,
    error: job.error,
    manifest: manifestOf(job),
  };
}

function manifestOf(job: KeptJob): ExportManifest | null {
  if (!job.proof) return null;
  return {
    filter: filterAnswer(job.filter),
    format: job.format,
    order: job.order,
    time_zone: job.timeZone,
    gzip: job.gzip,
    snapshot_at: job.proof.snapshotAt.toISOString(),
    rows: job.rowsDone,
    bytes: job.bytes,
    sha256: job.proof.sha256,
    cut_cells: job.proof.cutCells,
    inert_cells: job.proof.inertCells,
    attempts: job.attempts,
  };
}

function filterAnswer({
  q,
  sessionName,
  role,
  agentId,
  status,
  from,
  to,
}: MessageFilter): ExportJob['filter'] {
  return {
    ...(q !== undefined && { q }),
    ...(sessionName !== undefined && { session_name: sessionName }),
    ...(role !== undefined && { role }),
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(status !== undefined && { status }),
    ...(from !== undefined && { from: from.toISOString() }),
    ...(to !== undefined && { to: to.toISOString() }),
  };
}
