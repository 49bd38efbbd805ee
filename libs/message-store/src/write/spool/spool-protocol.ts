/** One message in the spool. */
export interface SpoolRow {
  /** UUID version 7: order of ids is order of time. */
  readonly id: string;
  /** The message as JSON. */
  readonly body: string;
  readonly bytes: number;
}

export interface SpoolWorkerData {
  readonly directory: string;
  readonly maxBytes: number;
}

/** What the thread of the spool is asked, and what it answers. */
export interface SpoolOperations {
  /** How many of the rows, from the first on, are on the disk now (fsync); fewer than all: the spool is full. */
  append(rows: readonly SpoolRow[]): number;
  /** Of those after the id, at least one while there is any; at most so many, and so many bytes. */
  oldest(maxRows: number, maxBytes: number, after: string): SpoolRow[];
  /** How many of them were there. */
  remove(ids: readonly string[]): number;
  close(): void;
}

export interface SpoolRequest<Name extends keyof SpoolOperations = keyof SpoolOperations> {
  readonly number: number;
  readonly name: Name;
  readonly parameters: Parameters<SpoolOperations[Name]>;
}

export interface SpoolFigures {
  readonly isOpen: boolean;
  readonly messages: number;
  readonly bytes: number;
}

/** What the thread says. */
export type SpoolNews =
  | { readonly kind: 'answer'; readonly number: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly number: number; readonly reason: string }
  | { readonly kind: 'opened'; readonly file: string }
  | { readonly kind: 'unusable'; readonly reason: string }
  | { readonly kind: 'adopted'; readonly file: string }
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string };

/** Each time with the figures of that moment. */
export type SpoolReport = SpoolNews & { readonly figures: SpoolFigures };
