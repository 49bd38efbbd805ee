import type { Stage } from './stage.mts';

/** One line of the table: a kind of fault, done so many times, and what must hold after it. */
export interface Scenario {
  /** For `--only`. */
  readonly name: string;
  readonly fault: string;
  readonly count: { readonly full: number; readonly short: number };
  /**
   * Breaks things, and enters into `stage.ledger` what clients were told and what was wrong on the spot. Afterwards
   * everything is brought up again and compared with the database.
   */
  play(stage: Stage, count: number): Promise<void>;
}

export interface ScenarioResult {
  readonly name: string;
  readonly fault: string;
  readonly count: number;
  /** Turns whose answer a client saw whole, and others that must have been kept. */
  readonly turns: number;
  readonly intactMessages: number;
  /** Turns without an answer, by how: `lost` or an HTTP status. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** Each as one line; the promise is kept when there is none. */
  readonly broken: readonly string[];
  readonly notes: readonly string[];
  readonly seconds: number;
}
