/** Why a row cannot be imported. It names the column and what is wrong with it, and nothing of what the row says. */
export class RowFault extends Error {
  override readonly name = 'RowFault';
  /** Null: the row as a whole. */
  readonly column: string | null;

  constructor(column: string | null, reason: string) {
    super(reason);
    this.column = column;
  }
}

export function otherColumns(): RowFault {
  return new RowFault(null, 'it has not as many columns as the header');
}
