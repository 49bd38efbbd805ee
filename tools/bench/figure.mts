import type { DataSet } from './data/data-set.mts';
import type { DataSize } from './data/data-size.mts';
import type { Message } from '@chat-history/message-store';

/** Some figures that are measured together. */
export interface Figure {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  /** The sizes that its limits are meant for: a run with a smaller `--size` reports its results and judges none. */
  readonly needs: readonly DataSize[];
  /** One size after another, or interleaved; never at the same time as another figure. */
  measure(bench: Bench): Promise<FigureResult[]>;
}

export interface FigureResult {
  readonly what: string;
  readonly value: number;
  /** Of `value` and of what it stands beside: `ms`, `messages/s`, `MiB`, … */
  readonly unit: string;
  /** The limit or the alternative, measured in the same run. */
  readonly beside?: { readonly what: string; readonly value: number };
  /** How many times `beside` the value is, or the other way round where more is better: `limit` says what counts. */
  readonly ratio?: number;
  /** What the ratio must reach; without a ratio, the value. */
  readonly limit?: { readonly atLeast?: number; readonly atMost?: number };
  /** Judged by the runner if left out. */
  readonly holds?: boolean;
  readonly note?: string;
}

/** What a figure is given to measure on. */
export interface Bench {
  /** Of `--size`; 100k with `--quick`. */
  readonly size: DataSize;
  /** Short of time: few rounds, small numbers. */
  readonly quick: boolean;
  readonly seed: number;
  /** Aborted when the run is to end: a loop looks at it in every round. */
  readonly stopping: AbortSignal;
  /** A kept database with so many messages; made if it is not there. Never write into it. */
  database(size: DataSize): Promise<BenchDatabase>;
  /**
   * A fresh migrated database, dropped after the figure.
   * @param copyOf the kept database whose copy it is; without, it has no partitions.
   */
  scratchDatabase(copyOf?: DataSize): Promise<{ readonly url: string }>;
  /** The messages `from` to `from + count` of a data set made today, in the order in which it would be loaded. */
  rows(size: DataSize, from: number, count: number): Generator<Message>;
  log(line: string): void;
}

export interface BenchDatabase {
  readonly url: string;
  readonly dataSet: DataSet;
}
