import { type ExportFormat, type ExportJobStatus } from '@chat-history/http-contract';

export const formatNames: Readonly<Record<ExportFormat, string>> = {
  csv: 'CSV for Excel',
  'csv-raw': 'CSV, unaltered',
  jsonl: 'JSON Lines',
  txt: 'Text',
  md: 'Markdown',
};

export const fileEndings: Readonly<Record<ExportFormat, string>> = {
  csv: 'csv',
  'csv-raw': 'csv',
  jsonl: 'jsonl',
  txt: 'txt',
  md: 'md',
};

export const jobStatusNames: Readonly<Record<ExportJobStatus, string>> = {
  queued: 'Waiting',
  running: 'Running',
  succeeded: 'Ready',
  failed: 'Failed',
  cancelled: 'Cancelled',
  expired: 'No longer kept',
};

/** Whether its status will still change by itself, other than by expiry. */
export function isUnfinished({ status }: { readonly status: ExportJobStatus }): boolean {
  return status === 'queued' || status === 'running';
}
