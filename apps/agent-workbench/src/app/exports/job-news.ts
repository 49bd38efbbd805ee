import { type ExportJob, type ExportJobStatus } from '@chat-history/http-contract';
import { whenText } from '../shell/when';
import { DateTime } from 'luxon';
import { formatNames } from './export-names';

const became: Readonly<Record<ExportJobStatus, string>> = {
  queued: 'waits to be taken up again',
  running: 'is running',
  succeeded: 'is ready to download',
  failed: 'has failed',
  cancelled: 'was cancelled',
  expired: 'is no longer kept',
};

/** Which jobs' status is another than before, to be read out; empty when nothing happened. */
export function jobNews(before: readonly ExportJob[], after: readonly ExportJob[]): string {
  const known = new Map(before.map(({ id, status }) => [id, status]));
  return after
    .filter(({ id, status }) => known.has(id) && known.get(id) !== status)
    .map((job) => `${jobName(job)} ${became[job.status]}.`)
    .join(' ');
}

function jobName({ format, created_at: at }: ExportJob): string {
  return `The export of ${whenText(DateTime.fromISO(at), 'short', DateTime.now())} (${formatNames[format]})`;
}
