import type { ExportedMessage } from './exported-message.js';

/** How one file is written. A new one for each: it may count, and know what came before. */
export interface FileFormat {
  /** What the file begins with, also when no message follows. */
  readonly head: string;
  /** What stands for the next message. */
  row(message: ExportedMessage): string;
}

/** Cells of a file that differ from what is stored. */
export interface CellFigures {
  cutCells: number;
  inertCells: number;
}
