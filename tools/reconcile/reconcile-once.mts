import type { ReconcileStore } from '@chat-history/message-store';
import { addBatch, emptyReport, type ReconcileReport } from './reconcile-report.mts';

const progressEveryMs = 5_000;

/**
 * Goes once through the whole store, with its progress on standard error.
 * @param options.stop ends it after the batch that is under way.
 */
export async function reconcileOnce(
  reconciliation: ReconcileStore['reconciliation'],
  { repair, stop }: { readonly repair: boolean; readonly stop: AbortSignal },
): Promise<ReconcileReport> {
  let report = emptyReport(repair);
  let toldAt = performance.now();
  for await (const batch of reconciliation.run({ repair })) {
    report = addBatch(report, batch);
    if (stop.aborted) return report;
    if (performance.now() - toldAt > progressEveryMs) {
      toldAt = performance.now();
      console.error(`${report.sessions} sessions, ${report.messages} messages, ${report.differing} differ`);
    }
  }
  return { ...report, isComplete: true };
}
