import type { ImportedBatch, ImportStore, Message } from '@chat-history/message-store';
import { UsageError } from '../command.mts';
import type { FaultLog } from './fault-log.mts';
import type { ImportEnd, ImportReport } from './import-report.mts';
import { RowFault } from './row-fault.mts';
import type { Source } from './source.mts';

const progressEveryMs = 5_000;

export interface ImportOptions {
  readonly dryRun: boolean;
  readonly maxFaults: number;
  /** Ends the import after the batch that is under way. */
  readonly stop: AbortSignal;
}

interface Row {
  readonly line: number;
  readonly message: Message;
}

/** One import: rows go from a file into the store, batch by batch, and what becomes of them is counted. */
export class RowImport {
  readonly #source: Source;
  readonly #faults: FaultLog;
  readonly #options: ImportOptions;
  readonly #counts = { inserted: 0, alreadyThere: 0, expired: 0, future: 0 };
  #read = 0;
  #nextLine: number;
  #end: ImportEnd = 'stopped';
  #reason: string | null = null;
  #toldAt = performance.now();

  constructor(source: Source, faults: FaultLog, options: ImportOptions & { readonly fromLine: number }) {
    this.#source = source;
    this.#faults = faults;
    this.#options = options;
    this.#nextLine = options.fromLine;
  }

  /** @throws as `MessageImport.run`; UsageError for a file that is not of its format. */
  async run({ messageImport }: ImportStore): Promise<void> {
    for await (const batch of messageImport.run(this.#rows(), this.#options)) this.#add(batch);
  }

  /** What was done so far. */
  report(): ImportReport {
    return {
      dryRun: this.#options.dryRun,
      end: this.#end,
      reason: this.#reason,
      read: this.#read,
      ...this.#counts,
      faulty: this.#faults.total,
      faults: this.#faults.counts,
      nextLine: this.#nextLine,
      notes: this.#source.notes(),
    };
  }

  /** However it ends, what was read before goes into the store: a part of a batch is one. */
  async *#rows(): AsyncGenerator<Row> {
    const { stop, maxFaults } = this.#options;
    try {
      for await (const { line, value } of this.#source.rows) {
        this.#read++;
        if (value instanceof RowFault) this.#faults.add(line, value);
        else yield { line, message: value };
        if (this.#faults.total > maxFaults) this.#end = 'too-many-faults';
        if (stop.aborted || this.#faults.total > maxFaults) return;
      }
      this.#end = 'complete';
    } catch (error) {
      // Stopped, whatever is read is broken off.
      if (stop.aborted) return;
      if (error instanceof UsageError) throw error;
      this.#end = 'unreadable';
      this.#reason = error instanceof Error ? error.message : String(error);
    }
  }

  #add({ refused, last, ...counts }: ImportedBatch<Row>): void {
    for (const name of ['inserted', 'alreadyThere', 'expired', 'future'] as const)
      this.#counts[name] += counts[name];
    for (const { row, reason } of refused) this.#faults.add(row.line, new RowFault(null, reason));
    this.#nextLine = last.line + 1;
    if (performance.now() - this.#toldAt < progressEveryMs) return;
    this.#toldAt = performance.now();
    const { inserted, alreadyThere } = this.#counts;
    console.error(
      `before line ${this.#nextLine}: ${inserted} inserted, ${alreadyThere} already there, ${this.#faults.total} faulty`,
    );
  }
}
