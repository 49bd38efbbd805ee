import { closeSync, openSync, writeSync } from 'node:fs';
import type { RowFault } from './row-fault.mts';

const maxShownOfAKind = 20;

/** Says which lines are at fault: the first of each kind on standard error, all of them in a file if that is wanted. */
export class FaultLog {
  readonly #file: number | undefined;
  readonly #counts = new Map<string, number>();
  #total = 0;

  /** @param file made anew; a JSON object a line: `{line, column, reason}`. */
  constructor(file: string | undefined) {
    this.#file = file === undefined ? undefined : openSync(file, 'w');
  }

  get total(): number {
    return this.#total;
  }

  /** How many there are of each kind. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  add(line: number, fault: RowFault): void {
    this.#total++;
    const kind = fault.column === null ? fault.message : `${fault.column} ${fault.message}`;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    if (count <= maxShownOfAKind) console.error(`line ${line}: ${kind}`);
    if (count === maxShownOfAKind) console.error(`  further lines of this kind are only counted`);
    const { column, message: reason } = fault;
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify({ line, column, reason })}\n`);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}
