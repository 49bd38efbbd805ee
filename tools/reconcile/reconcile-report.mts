import type { ReconciledBatch, SessionDifference } from '@chat-history/message-store';

/** What one look through the whole store found. */
export interface ReconcileReport {
  readonly repair: boolean;
  /** False when it was stopped before its end. */
  readonly isComplete: boolean;
  readonly sessions: number;
  readonly messages: number;
  /** Sessions with messages past their retention, which the next retention run counts again or deletes. */
  readonly expiring: number;
  readonly differing: number;
  /** Of those that differ, how many by each fault; one session may have several. */
  readonly faults: Readonly<Record<string, number>>;
  /** The first of those that differ. */
  readonly examples: readonly Pick<SessionDifference, 'sessionName' | 'faults'>[];
  /** Messages without a search vector whose text can be indexed. */
  readonly indexable: number;
  /** Messages without one whose text PostgreSQL cannot index: no difference. */
  readonly unindexable: number;
}

const maxExamples = 20;

export function emptyReport(repair: boolean): ReconcileReport {
  const counts = { sessions: 0, messages: 0, expiring: 0, differing: 0, indexable: 0, unindexable: 0 };
  return { repair, isComplete: false, ...counts, faults: {}, examples: [] };
}

export function addBatch(report: ReconcileReport, batch: ReconciledBatch): ReconcileReport {
  const faults = { ...report.faults };
  for (const fault of batch.differences.flatMap((difference) => difference.faults)) {
    faults[fault] = (faults[fault] ?? 0) + 1;
  }
  const room = maxExamples - report.examples.length;
  const examples = batch.differences
    .slice(0, room)
    .map(({ sessionName, faults }) => ({ sessionName, faults }));
  return {
    ...report,
    sessions: report.sessions + batch.sessions,
    messages: report.messages + batch.messages,
    expiring: report.expiring + batch.expiring,
    differing: report.differing + batch.differences.length,
    faults,
    examples: [...report.examples, ...examples],
    indexable: report.indexable + batch.unindexed.indexable,
    unindexable: report.unindexable + batch.unindexed.unindexable,
  };
}

export function isClean(report: ReconcileReport): boolean {
  return report.isComplete && report.differing === 0 && report.indexable === 0;
}

/** As a person reads it. */
export function describeReport(report: ReconcileReport): string {
  const { repair, differing, indexable } = report;
  const mended = repair ? ', mended' : '';
  const soFar = report.isComplete ? '' : ' so far';
  const lines = [
    `compared ${count(report.sessions, 'session')} with ${count(report.messages, 'message')}` +
      (report.isComplete ? '' : '; stopped before the end'),
    differing === 0
      ? `every session${soFar} is as its messages say`
      : `${count(differing, 'session')} differed${mended}: ${faultsOf(report.faults)}`,
    ...report.examples.map(({ sessionName, faults }) => `  ${sessionName}: ${faults.join(', ')}`),
    ...(differing > report.examples.length ? [`  and ${differing - report.examples.length} more`] : []),
    indexable === 0
      ? `every message${soFar} that can be indexed is`
      : `${count(indexable, 'message')} lacked the search index${mended}`,
  ];
  if (report.unindexable > 0)
    lines.push(`${count(report.unindexable, 'message')} cannot be indexed, which is no difference`);
  if (report.expiring > 0)
    lines.push(
      `${count(report.expiring, 'session')} waiting for the retention worker, which is no difference`,
    );
  return lines.join('\n');
}

function faultsOf(faults: ReconcileReport['faults']): string {
  return Object.entries(faults)
    .map(([fault, number]) => `${number} ${fault}`)
    .join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
