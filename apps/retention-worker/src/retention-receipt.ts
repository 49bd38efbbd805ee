import type { RetentionFigures } from '@chat-history/message-store';

/** What a run was to delete, what it did, and what had to wait; the same as its row in `retention_runs`. */
export interface RetentionReceipt extends RetentionFigures {
  /** Messages created before it are past their retention. */
  readonly cutoff: Date;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  /** Nothing was deleted; the figures say what would have been. */
  readonly dryRun: boolean;
  /** Why the run failed; null when it did not. */
  readonly error: string | null;
}

/** For people. */
export function printReceipt(receipt: RetentionReceipt): string {
  const { cutoff, startedAt, finishedAt, dryRun, error, partitionsDropped, postponed } = receipt;
  const seconds = (finishedAt.getTime() - startedAt.getTime()) / 1_000;
  return [
    `Chat history retention, run of ${startedAt.toISOString()} (${seconds.toFixed(1)} s)`,
    `  cutoff      ${cutoff.toISOString()}: messages created before it are past their retention`,
    `  ${dryRun ? 'would delete' : 'deleted'}`,
    `    messages    ${receipt.messagesDeleted}`,
    `    sessions    ${receipt.sessionsDeleted}`,
    `    partitions  ${listed(partitionsDropped)}`,
    `  postponed   ${listed(postponed)}`,
    `  outcome     ${error === null ? 'good' : `failed: ${error}`}`,
    '',
  ].join('\n');
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? '0' : `${items.length}: ${items.join(', ')}`;
}
