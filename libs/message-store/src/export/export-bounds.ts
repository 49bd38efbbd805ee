/** What one export may take; it ends with an error at the first that is reached. */
export interface ExportBounds {
  /** More rows are refused before the first; any number if left out. */
  readonly maxRows?: number;
  /**
   * With as many running, one more is refused: each holds a connection, and a snapshot that keeps dead rows from being
   * cleaned up. Left out by who counts his exports himself; those count for nobody else either.
   */
  readonly maxAtOnce?: number;
  readonly maxDurationMs: number;
  /** How long the database may take for the next rows, or the reader to take them. */
  readonly maxStallMs: number;
}

/** Of an export that somebody waits for. */
export const streamedExport: ExportBounds = {
  maxRows: 100_000,
  maxAtOnce: 4,
  maxDurationMs: 300_000,
  maxStallMs: 30_000,
};

/** Of an export that is made in the background: PostgreSQL may count and sort many millions ahead of the first row. */
export const backgroundExport: ExportBounds = { maxDurationMs: 3_600_000, maxStallMs: 600_000 };
