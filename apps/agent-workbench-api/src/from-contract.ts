import type { ExportQuery, MessageFilter } from '@chat-history/http-contract';
import type { ExportRequest, MessageFilter as StoreFilter } from '@chat-history/message-store';

// How what crossed HTTP is asked of the store: names in camelCase, times as dates.

export function rangeOf({ from, to }: { from?: string; to?: string }): { from?: Date; to?: Date } {
  return {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

export function filterOf(filter: MessageFilter): StoreFilter {
  return {
    q: filter.q,
    sessionName: filter.session_name,
    role: filter.role,
    agentId: filter.agent_id,
    status: filter.status,
    ...rangeOf(filter),
  };
}

/** Of the streamed export and of a job, which are asked for alike. */
export function exportRequestOf(query: ExportQuery): ExportRequest {
  const { format, order, time_zone: timeZone, gzip } = query;
  return { filter: filterOf(query), format, order, timeZone, gzip };
}
