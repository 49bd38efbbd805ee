import { aligned } from '../aligned.mts';

/** How an import ended. */
export type ImportEnd = 'complete' | 'stopped' | 'too-many-faults' | 'unreadable';

/** What one import did, or with `dryRun` would do. */
export interface ImportReport {
  readonly dryRun: boolean;
  readonly end: ImportEnd;
  /** Of `unreadable`. */
  readonly reason: string | null;
  /** Rows: those below together. */
  readonly read: number;
  readonly inserted: number;
  readonly alreadyThere: number;
  readonly expired: number;
  readonly future: number;
  readonly faulty: number;
  /** How many rows are at fault by each fault. */
  readonly faults: Readonly<Record<string, number>>;
  /** Where to go on; every row that begins before it was taken, left out or at fault. */
  readonly nextLine: number;
  /** How the file was read. */
  readonly notes: readonly string[];
}

export function isWhole(report: ImportReport): boolean {
  return report.end === 'complete' && report.faulty === 0;
}

/** As a person reads it. */
export function describeReport(report: ImportReport): string {
  const figures: [string, number][] = [
    ['read', report.read],
    [report.dryRun ? 'to insert' : 'inserted', report.inserted],
    ['already there', report.alreadyThere],
    ['past their retention', report.expired],
    ['too far in the future', report.future],
    ['faulty', report.faulty],
    ...Object.entries(report.faults).map(([kind, count]): [string, number] => [`  ${kind}`, count]),
  ];
  return [
    ...report.notes,
    aligned(figures.map(([name, count]) => [name, count.toLocaleString('en')])),
    ...(report.end === 'complete' ? [] : [endOf(report)]),
  ].join('\n');
}

function endOf({ end, reason, nextLine }: ImportReport): string {
  const goOn = `run it again, or with --from-line ${nextLine} to go on there`;
  if (end === 'stopped') return `stopped before line ${nextLine}: ${goOn}`;
  if (end === 'too-many-faults')
    return `stopped before line ${nextLine}: too many faulty lines (--max-faults)`;
  return `the file could not be read on from line ${nextLine}: ${reason}`;
}
