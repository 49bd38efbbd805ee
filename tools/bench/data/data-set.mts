import { dataSizes, type DataSize } from './data-size.mts';
import { generatorVersion, messagesFrom, spanOf, type DataPlan } from './generate-messages.mts';
import { terms } from './terms.mts';

/** The same for everybody, so that a data set is made once. */
export const ownSeed = 20_261_122;

const dayMs = 86_400_000;

/** What a data set was made from: kept with its database, and compared with what is asked for. */
export interface Origin {
  readonly version: number;
  readonly seed: number;
  readonly newestDay: string;
}

/** What there is to know of a data set without asking its database. */
export class DataSet {
  readonly size: DataSize;
  readonly messages: number;
  readonly plan: DataPlan;
  /** Its first moment. */
  readonly from: Date;
  /** The first moment after it: midnight after its newest day, which may be ahead of the clock on the day it was made. */
  readonly to: Date;
  readonly terms = terms;

  constructor(size: DataSize, origin: Pick<Origin, 'seed' | 'newestDay'>) {
    this.size = size;
    this.messages = dataSizes[size];
    this.plan = { messages: this.messages, seed: origin.seed, newestDay: origin.newestDay };
    const span = spanOf(this.plan);
    this.from = span.from;
    this.to = span.to;
  }

  get origin(): Origin {
    return { version: generatorVersion, seed: this.plan.seed, newestDay: this.plan.newestDay };
  }

  /** For `MessageStoreOptions`: keeps all of it within the retention, however old it is by now. */
  get retentionDays(): number {
    return Math.ceil((Date.now() - this.from.getTime()) / dayMs) + 1;
  }

  /** The beginning of the day `count` days before the newest one; at most 30. */
  daysBack(count: number): Date {
    return new Date(this.to.getTime() - (count + 1) * dayMs);
  }

  /** The messages `from` to `from + count`, in the order in which they are loaded. */
  rows(from: number, count: number) {
    return messagesFrom(this.plan, from, count);
  }
}
